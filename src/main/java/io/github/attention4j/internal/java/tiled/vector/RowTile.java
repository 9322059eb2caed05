package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import jdk.incubator.vector.FloatVector;

/** Sums of few rows times weights, columns along the lanes: for products with few queries, which wait for memory. */
final class RowTile {
    private RowTile() {}

    /** Of the columns from {@code first} on. */
    static void addRows(float[] weights, float[] value, int at, int stride, int keys, float[] out, int first) {
        int d = first;
        for (; d + 4 * VECTOR <= out.length; d += 4 * VECTOR) {
            addFour(weights, value, at + d, stride, keys, out, d);
        }
        for (; d + VECTOR <= out.length; d += VECTOR) {
            addOne(weights, value, at + d, stride, keys, out, d);
        }
        for (; d < out.length; d++) {
            float sum = out[d];
            for (int j = 0; j < keys; j++) {
                sum = Math.fma(weights[j], value[at + d + j * stride], sum);
            }
            out[d] = sum;
        }
    }

    /** Four vectors of columns. */
    private static void addFour(float[] weights, float[] value, int at, int stride, int keys, float[] out, int to) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, out, to);
        FloatVector s1 = FloatVector.fromArray(SPECIES, out, to + VECTOR);
        FloatVector s2 = FloatVector.fromArray(SPECIES, out, to + 2 * VECTOR);
        FloatVector s3 = FloatVector.fromArray(SPECIES, out, to + 3 * VECTOR);
        int from = at;
        for (int j = 0; j < keys; j++) {
            FloatVector weight = FloatVector.broadcast(SPECIES, weights[j]);
            s0 = FloatVector.fromArray(SPECIES, value, from).fma(weight, s0);
            s1 = FloatVector.fromArray(SPECIES, value, from + VECTOR).fma(weight, s1);
            s2 = FloatVector.fromArray(SPECIES, value, from + 2 * VECTOR).fma(weight, s2);
            s3 = FloatVector.fromArray(SPECIES, value, from + 3 * VECTOR).fma(weight, s3);
            from += stride;
        }
        s0.intoArray(out, to);
        s1.intoArray(out, to + VECTOR);
        s2.intoArray(out, to + 2 * VECTOR);
        s3.intoArray(out, to + 3 * VECTOR);
    }

    private static void addOne(float[] weights, float[] value, int at, int stride, int keys, float[] out, int to) {
        FloatVector sum = FloatVector.fromArray(SPECIES, out, to);
        for (int j = 0; j < keys; j++) {
            sum = FloatVector.fromArray(SPECIES, value, at + j * stride)
                    .fma(FloatVector.broadcast(SPECIES, weights[j]), sum);
        }
        sum.intoArray(out, to);
    }
}
