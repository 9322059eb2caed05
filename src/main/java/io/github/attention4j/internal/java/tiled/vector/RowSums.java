package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * Sums of values of one type times the weights of a few rows, columns along the lanes; the class is defined again for
 * each type, see {@link PerType}.
 */
final class RowSums implements RowAdder {
    private static final Codec CODEC = PerType.codec(MethodHandles.lookup());

    private final Loop ofOne = loop("addOne", 1, 4 * VECTOR);
    private final Loop ofTwo = loop("addTwo", 2, 2 * VECTOR);
    private final Loop ofFour = loop("addFour", 4, 2 * VECTOR);
    private final Loop ofVector = loop("addVector", 1, VECTOR);

    private static Loop loop(String name, int rows, int columns) {
        return new Loop(MethodHandles.lookup(), CODEC, name, rows, columns);
    }

    @Override
    public void add(float[][] weights, StoredRows value, int keys, float[][] outs) {
        int rows;
        for (int row = 0; row < outs.length; row += rows) {
            rows = RowScorer.together(outs.length - row);
            Loop loop =
                    switch (rows) {
                        case 4 -> ofFour;
                        case 2 -> ofTwo;
                        default -> ofOne;
                    };
            int d = loop.add(weights, row, value, keys, outs, 0);
            for (int i = row; i < row + rows; i++) {
                int rest = ofVector.add(weights, i, value, keys, outs, d);
                for (; rest < outs[i].length; rest++) {
                    outs[i][rest] = addNumbers(
                            weights[i], (float[]) value.array, value.at + rest, value.stride, keys, outs[i][rest]);
                }
            }
        }
    }

    /** What is left over of a vector, of floats only. */
    private static float addNumbers(float[] weights, float[] value, int at, int stride, int keys, float start) {
        float sum = start;
        for (int j = 0; j < keys; j++) {
            sum = Math.fma(weights[j], value[at + j * stride], sum);
        }
        return sum;
    }

    /** Four rows, two vectors of columns. */
    private static void addFour(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
        Object array = value.array;
        int at = value.at;
        int stride = value.stride;
        float[] w0 = weights[row];
        float[] out0 = outs[row];
        float[] w1 = weights[row + 1];
        float[] out1 = outs[row + 1];
        float[] w2 = weights[row + 2];
        float[] out2 = outs[row + 2];
        float[] w3 = weights[row + 3];
        float[] out3 = outs[row + 3];
        FloatVector s00 = FloatVector.fromArray(SPECIES, out0, d);
        FloatVector s01 = FloatVector.fromArray(SPECIES, out0, d + VECTOR);
        FloatVector s10 = FloatVector.fromArray(SPECIES, out1, d);
        FloatVector s11 = FloatVector.fromArray(SPECIES, out1, d + VECTOR);
        FloatVector s20 = FloatVector.fromArray(SPECIES, out2, d);
        FloatVector s21 = FloatVector.fromArray(SPECIES, out2, d + VECTOR);
        FloatVector s30 = FloatVector.fromArray(SPECIES, out3, d);
        FloatVector s31 = FloatVector.fromArray(SPECIES, out3, d + VECTOR);
        for (int j = 0; j < keys; j++) {
            int from = at + j * stride;
            FloatVector v0 = load(array, from + d);
            FloatVector v1 = load(array, from + d + VECTOR);
            FloatVector x0 = FloatVector.broadcast(SPECIES, w0[j]);
            s00 = v0.fma(x0, s00);
            s01 = v1.fma(x0, s01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, w1[j]);
            s10 = v0.fma(x1, s10);
            s11 = v1.fma(x1, s11);
            FloatVector x2 = FloatVector.broadcast(SPECIES, w2[j]);
            s20 = v0.fma(x2, s20);
            s21 = v1.fma(x2, s21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, w3[j]);
            s30 = v0.fma(x3, s30);
            s31 = v1.fma(x3, s31);
        }
        s00.intoArray(out0, d);
        s01.intoArray(out0, d + VECTOR);
        s10.intoArray(out1, d);
        s11.intoArray(out1, d + VECTOR);
        s20.intoArray(out2, d);
        s21.intoArray(out2, d + VECTOR);
        s30.intoArray(out3, d);
        s31.intoArray(out3, d + VECTOR);
    }

    /** Two rows, two vectors of columns. */
    private static void addTwo(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
        Object array = value.array;
        int at = value.at;
        int stride = value.stride;
        float[] w0 = weights[row];
        float[] out0 = outs[row];
        float[] w1 = weights[row + 1];
        float[] out1 = outs[row + 1];
        FloatVector s00 = FloatVector.fromArray(SPECIES, out0, d);
        FloatVector s01 = FloatVector.fromArray(SPECIES, out0, d + VECTOR);
        FloatVector s10 = FloatVector.fromArray(SPECIES, out1, d);
        FloatVector s11 = FloatVector.fromArray(SPECIES, out1, d + VECTOR);
        for (int j = 0; j < keys; j++) {
            int from = at + j * stride;
            FloatVector v0 = load(array, from + d);
            FloatVector v1 = load(array, from + d + VECTOR);
            FloatVector x0 = FloatVector.broadcast(SPECIES, w0[j]);
            s00 = v0.fma(x0, s00);
            s01 = v1.fma(x0, s01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, w1[j]);
            s10 = v0.fma(x1, s10);
            s11 = v1.fma(x1, s11);
        }
        s00.intoArray(out0, d);
        s01.intoArray(out0, d + VECTOR);
        s10.intoArray(out1, d);
        s11.intoArray(out1, d + VECTOR);
    }

    /** One row, four vectors of columns. */
    private static void addOne(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
        Object array = value.array;
        int at = value.at;
        int stride = value.stride;
        float[] w0 = weights[row];
        float[] out0 = outs[row];
        FloatVector s00 = FloatVector.fromArray(SPECIES, out0, d);
        FloatVector s01 = FloatVector.fromArray(SPECIES, out0, d + VECTOR);
        FloatVector s02 = FloatVector.fromArray(SPECIES, out0, d + 2 * VECTOR);
        FloatVector s03 = FloatVector.fromArray(SPECIES, out0, d + 3 * VECTOR);
        for (int j = 0; j < keys; j++) {
            int from = at + j * stride;
            FloatVector v0 = load(array, from + d);
            FloatVector v1 = load(array, from + d + VECTOR);
            FloatVector v2 = load(array, from + d + 2 * VECTOR);
            FloatVector v3 = load(array, from + d + 3 * VECTOR);
            FloatVector x0 = FloatVector.broadcast(SPECIES, w0[j]);
            s00 = v0.fma(x0, s00);
            s01 = v1.fma(x0, s01);
            s02 = v2.fma(x0, s02);
            s03 = v3.fma(x0, s03);
        }
        s00.intoArray(out0, d);
        s01.intoArray(out0, d + VECTOR);
        s02.intoArray(out0, d + 2 * VECTOR);
        s03.intoArray(out0, d + 3 * VECTOR);
    }

    /** One row, one vector of columns. */
    private static void addVector(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
        Object array = value.array;
        int at = value.at;
        int stride = value.stride;
        float[] w0 = weights[row];
        float[] out0 = outs[row];
        FloatVector s00 = FloatVector.fromArray(SPECIES, out0, d);
        for (int j = 0; j < keys; j++) {
            int from = at + j * stride;
            FloatVector v0 = load(array, from + d);
            FloatVector x0 = FloatVector.broadcast(SPECIES, w0[j]);
            s00 = v0.fma(x0, s00);
        }
        s00.intoArray(out0, d);
    }

    private static FloatVector load(Object array, int at) {
        if (CODEC == Codec.F32) {
            return Elements.ofFloats(array, at);
        }
        if (CODEC == Codec.F16) {
            return Elements.ofF16(array, at);
        }
        return CODEC == Codec.BF16 ? Elements.ofBf16(array, at) : Elements.ofBytes(array, at);
    }
}
