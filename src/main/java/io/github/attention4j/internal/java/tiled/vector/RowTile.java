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

    static void addRowsToTwo(
            float[] weights,
            float[] otherWeights,
            float[] value,
            int at,
            int stride,
            int keys,
            float[] out,
            float[] otherOut) {
        int d = 0;
        for (; d + 4 * VECTOR <= out.length; d += 4 * VECTOR) {
            addFourToTwo(weights, otherWeights, value, at + d, stride, keys, out, otherOut, d);
        }
        addRows(weights, value, at, stride, keys, out, d);
        addRows(otherWeights, value, at, stride, keys, otherOut, d);
    }

    private static void addFourToTwo(
            float[] weights,
            float[] otherWeights,
            float[] value,
            int at,
            int stride,
            int keys,
            float[] out,
            float[] otherOut,
            int to) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, out, to);
        FloatVector s1 = FloatVector.fromArray(SPECIES, out, to + VECTOR);
        FloatVector s2 = FloatVector.fromArray(SPECIES, out, to + 2 * VECTOR);
        FloatVector s3 = FloatVector.fromArray(SPECIES, out, to + 3 * VECTOR);
        FloatVector t0 = FloatVector.fromArray(SPECIES, otherOut, to);
        FloatVector t1 = FloatVector.fromArray(SPECIES, otherOut, to + VECTOR);
        FloatVector t2 = FloatVector.fromArray(SPECIES, otherOut, to + 2 * VECTOR);
        FloatVector t3 = FloatVector.fromArray(SPECIES, otherOut, to + 3 * VECTOR);
        int from = at;
        for (int j = 0; j < keys; j++) {
            FloatVector weight = FloatVector.broadcast(SPECIES, weights[j]);
            FloatVector other = FloatVector.broadcast(SPECIES, otherWeights[j]);
            FloatVector v0 = FloatVector.fromArray(SPECIES, value, from);
            s0 = v0.fma(weight, s0);
            t0 = v0.fma(other, t0);
            FloatVector v1 = FloatVector.fromArray(SPECIES, value, from + VECTOR);
            s1 = v1.fma(weight, s1);
            t1 = v1.fma(other, t1);
            FloatVector v2 = FloatVector.fromArray(SPECIES, value, from + 2 * VECTOR);
            s2 = v2.fma(weight, s2);
            t2 = v2.fma(other, t2);
            FloatVector v3 = FloatVector.fromArray(SPECIES, value, from + 3 * VECTOR);
            s3 = v3.fma(weight, s3);
            t3 = v3.fma(other, t3);
            from += stride;
        }
        s0.intoArray(out, to);
        s1.intoArray(out, to + VECTOR);
        s2.intoArray(out, to + 2 * VECTOR);
        s3.intoArray(out, to + 3 * VECTOR);
        t0.intoArray(otherOut, to);
        t1.intoArray(otherOut, to + VECTOR);
        t2.intoArray(otherOut, to + 2 * VECTOR);
        t3.intoArray(otherOut, to + 3 * VECTOR);
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
