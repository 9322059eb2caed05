package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Dot products of one row with others, lanes along the row: for products with few rows, which wait for memory. */
final class DotTile {
    private static final int ROWS = 4;

    private DotTile() {}

    static void multiplyAll(
            float[] left, int leftAt, float[] right, int at, int stride, int rows, int depth, float[] target, int to) {
        int row = 0;
        for (; row + ROWS <= rows; row += ROWS) {
            multiply(left, leftAt, right, at + row * stride, stride, depth, target, to + row);
        }
        for (; row < rows; row++) {
            target[to + row] = one(left, leftAt, right, at + row * stride, depth);
        }
    }

    private static void multiply(
            float[] left, int leftAt, float[] right, int at, int stride, int depth, float[] target, int to) {
        int at1 = at + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int d = 0;
        for (; d + VECTOR <= depth; d += VECTOR) {
            FloatVector x = FloatVector.fromArray(SPECIES, left, leftAt + d);
            s0 = FloatVector.fromArray(SPECIES, right, at + d).fma(x, s0);
            s1 = FloatVector.fromArray(SPECIES, right, at1 + d).fma(x, s1);
            s2 = FloatVector.fromArray(SPECIES, right, at2 + d).fma(x, s2);
            s3 = FloatVector.fromArray(SPECIES, right, at3 + d).fma(x, s3);
        }
        target[to] = s0.reduceLanes(VectorOperators.ADD) + rest(left, leftAt, right, at, d, depth);
        target[to + 1] = s1.reduceLanes(VectorOperators.ADD) + rest(left, leftAt, right, at1, d, depth);
        target[to + 2] = s2.reduceLanes(VectorOperators.ADD) + rest(left, leftAt, right, at2, d, depth);
        target[to + 3] = s3.reduceLanes(VectorOperators.ADD) + rest(left, leftAt, right, at3, d, depth);
    }

    private static float one(float[] left, int leftAt, float[] right, int at, int depth) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int d = 0;
        for (; d + VECTOR <= depth; d += VECTOR) {
            sum = FloatVector.fromArray(SPECIES, right, at + d)
                    .fma(FloatVector.fromArray(SPECIES, left, leftAt + d), sum);
        }
        return sum.reduceLanes(VectorOperators.ADD) + rest(left, leftAt, right, at, d, depth);
    }

    private static float rest(float[] left, int leftAt, float[] right, int at, int from, int depth) {
        float sum = 0;
        for (int d = from; d < depth; d++) {
            sum += left[leftAt + d] * right[at + d];
        }
        return sum;
    }
}
