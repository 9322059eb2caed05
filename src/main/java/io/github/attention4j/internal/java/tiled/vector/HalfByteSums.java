package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.DType;
import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Sums of values of 4 bits, where they lie, times the weights of a few rows, columns along the lanes in the order of
 * {@code Halves}. A weight is first times the scale of a value's group.
 */
final class HalfByteSums implements RowAdder {
    private static final int UNIT = 2 * VECTOR;

    private final Loop ofOneInPairs = loop("addOneInPairs", 1, 2 * UNIT);
    private final Loop ofOne = loop("addOne", 1, UNIT);
    private final Loop ofTwo = loop("addTwo", 2, UNIT);
    private final Loop ofFour = loop("addFour", 4, UNIT);

    private static Loop loop(String name, int rows, int columns) {
        return new Loop(MethodHandles.lookup(), Codec.I4, name, rows, columns);
    }

    @Override
    public void add(float[][] weights, StoredRows value, int keys, float[][] outs) {
        int rows;
        for (int row = 0; row < outs.length; row += rows) {
            rows = RowScorer.together(outs.length - row);
            int d = 0;
            if (rows == 1) {
                d = ofOneInPairs.add(weights, row, value, keys, outs, d);
            }
            Loop loop =
                    switch (rows) {
                        case 4 -> ofFour;
                        case 2 -> ofTwo;
                        default -> ofOne;
                    };
            loop.add(weights, row, value, keys, outs, d);
        }
    }

    private static void addFour(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
        byte[] array = (byte[]) value.array;
        float[] scales = value.scales;
        float[] w0 = weights[row];
        float[] w1 = weights[row + 1];
        float[] w2 = weights[row + 2];
        float[] w3 = weights[row + 3];
        FloatVector s00 = at(outs[row], d);
        FloatVector s01 = at(outs[row], d + VECTOR);
        FloatVector s10 = at(outs[row + 1], d);
        FloatVector s11 = at(outs[row + 1], d + VECTOR);
        FloatVector s20 = at(outs[row + 2], d);
        FloatVector s21 = at(outs[row + 2], d + VECTOR);
        FloatVector s30 = at(outs[row + 3], d);
        FloatVector s31 = at(outs[row + 3], d + VECTOR);
        for (int j = 0; j < keys; j++) {
            IntVector bytes = Elements.wholeBytes(array, value.at + j * value.stride + d / 2);
            float scale = scales[j * value.groups + d / DType.GROUP];
            FloatVector lower = Elements.lowerHalves(bytes);
            FloatVector upper = Elements.upperHalves(bytes);
            FloatVector x0 = FloatVector.broadcast(SPECIES, w0[j] * scale);
            s00 = lower.fma(x0, s00);
            s01 = upper.fma(x0, s01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, w1[j] * scale);
            s10 = lower.fma(x1, s10);
            s11 = upper.fma(x1, s11);
            FloatVector x2 = FloatVector.broadcast(SPECIES, w2[j] * scale);
            s20 = lower.fma(x2, s20);
            s21 = upper.fma(x2, s21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, w3[j] * scale);
            s30 = lower.fma(x3, s30);
            s31 = upper.fma(x3, s31);
        }
        s00.intoArray(outs[row], d);
        s01.intoArray(outs[row], d + VECTOR);
        s10.intoArray(outs[row + 1], d);
        s11.intoArray(outs[row + 1], d + VECTOR);
        s20.intoArray(outs[row + 2], d);
        s21.intoArray(outs[row + 2], d + VECTOR);
        s30.intoArray(outs[row + 3], d);
        s31.intoArray(outs[row + 3], d + VECTOR);
    }

    private static void addTwo(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
        byte[] array = (byte[]) value.array;
        float[] scales = value.scales;
        float[] w0 = weights[row];
        float[] w1 = weights[row + 1];
        FloatVector s00 = at(outs[row], d);
        FloatVector s01 = at(outs[row], d + VECTOR);
        FloatVector s10 = at(outs[row + 1], d);
        FloatVector s11 = at(outs[row + 1], d + VECTOR);
        for (int j = 0; j < keys; j++) {
            IntVector bytes = Elements.wholeBytes(array, value.at + j * value.stride + d / 2);
            float scale = scales[j * value.groups + d / DType.GROUP];
            FloatVector lower = Elements.lowerHalves(bytes);
            FloatVector upper = Elements.upperHalves(bytes);
            FloatVector x0 = FloatVector.broadcast(SPECIES, w0[j] * scale);
            s00 = lower.fma(x0, s00);
            s01 = upper.fma(x0, s01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, w1[j] * scale);
            s10 = lower.fma(x1, s10);
            s11 = upper.fma(x1, s11);
        }
        s00.intoArray(outs[row], d);
        s01.intoArray(outs[row], d + VECTOR);
        s10.intoArray(outs[row + 1], d);
        s11.intoArray(outs[row + 1], d + VECTOR);
    }

    /** One row, two units of columns: two sums alone would each wait for the last step of its own. */
    private static void addOneInPairs(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
        byte[] array = (byte[]) value.array;
        float[] scales = value.scales;
        float[] w = weights[row];
        float[] out = outs[row];
        FloatVector s0 = at(out, d);
        FloatVector s1 = at(out, d + VECTOR);
        FloatVector s2 = at(out, d + UNIT);
        FloatVector s3 = at(out, d + UNIT + VECTOR);
        for (int j = 0; j < keys; j++) {
            int from = value.at + j * value.stride;
            IntVector bytes0 = Elements.wholeBytes(array, from + d / 2);
            FloatVector x0 = FloatVector.broadcast(SPECIES, w[j] * scales[j * value.groups + d / DType.GROUP]);
            s0 = Elements.lowerHalves(bytes0).fma(x0, s0);
            s1 = Elements.upperHalves(bytes0).fma(x0, s1);
            IntVector bytes1 = Elements.wholeBytes(array, from + (d + UNIT) / 2);
            FloatVector x1 = FloatVector.broadcast(SPECIES, w[j] * scales[j * value.groups + (d + UNIT) / DType.GROUP]);
            s2 = Elements.lowerHalves(bytes1).fma(x1, s2);
            s3 = Elements.upperHalves(bytes1).fma(x1, s3);
        }
        s0.intoArray(out, d);
        s1.intoArray(out, d + VECTOR);
        s2.intoArray(out, d + UNIT);
        s3.intoArray(out, d + UNIT + VECTOR);
    }

    private static void addOne(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
        byte[] array = (byte[]) value.array;
        float[] scales = value.scales;
        float[] w = weights[row];
        float[] out = outs[row];
        FloatVector s0 = at(out, d);
        FloatVector s1 = at(out, d + VECTOR);
        for (int j = 0; j < keys; j++) {
            IntVector bytes = Elements.wholeBytes(array, value.at + j * value.stride + d / 2);
            FloatVector x = FloatVector.broadcast(SPECIES, w[j] * scales[j * value.groups + d / DType.GROUP]);
            s0 = Elements.lowerHalves(bytes).fma(x, s0);
            s1 = Elements.upperHalves(bytes).fma(x, s1);
        }
        s0.intoArray(out, d);
        s1.intoArray(out, d + VECTOR);
    }

    private static FloatVector at(float[] row, int d) {
        return FloatVector.fromArray(SPECIES, row, d);
    }
}
