package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Dot products of a few rows with keys, lanes along the row. The lanes' sums go into an array first, [row][key][lane]:
 * C2 of Java 17 adds up the lanes of a vector one after the other, for which it takes more than twice as long as for
 * numbers of an array. A product's bits do not depend on what is computed beside it.
 */
final class RowDots {
    /** Rows and keys of the largest tile. */
    static final int FOUR = 4;

    private static final boolean ADDS_LANES = Runtime.version().feature() >= 25; // what was measured; 17 does not

    private RowDots() {}

    /** 4 rows with 4 keys. */
    static void fourByFour(
            float[] left0,
            float[] left1,
            float[] left2,
            float[] left3,
            float[] key,
            int at,
            int stride,
            int depth,
            float[] partial) {
        int at1 = at + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = FloatVector.zero(SPECIES);
        FloatVector s02 = FloatVector.zero(SPECIES);
        FloatVector s03 = FloatVector.zero(SPECIES);
        FloatVector s10 = FloatVector.zero(SPECIES);
        FloatVector s11 = FloatVector.zero(SPECIES);
        FloatVector s12 = FloatVector.zero(SPECIES);
        FloatVector s13 = FloatVector.zero(SPECIES);
        FloatVector s20 = FloatVector.zero(SPECIES);
        FloatVector s21 = FloatVector.zero(SPECIES);
        FloatVector s22 = FloatVector.zero(SPECIES);
        FloatVector s23 = FloatVector.zero(SPECIES);
        FloatVector s30 = FloatVector.zero(SPECIES);
        FloatVector s31 = FloatVector.zero(SPECIES);
        FloatVector s32 = FloatVector.zero(SPECIES);
        FloatVector s33 = FloatVector.zero(SPECIES);
        for (int d = 0; d + VECTOR <= depth; d += VECTOR) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, left0, d);
            FloatVector x1 = FloatVector.fromArray(SPECIES, left1, d);
            FloatVector x2 = FloatVector.fromArray(SPECIES, left2, d);
            FloatVector x3 = FloatVector.fromArray(SPECIES, left3, d);
            FloatVector k0 = FloatVector.fromArray(SPECIES, key, at + d);
            s00 = k0.fma(x0, s00);
            s10 = k0.fma(x1, s10);
            s20 = k0.fma(x2, s20);
            s30 = k0.fma(x3, s30);
            FloatVector k1 = FloatVector.fromArray(SPECIES, key, at1 + d);
            s01 = k1.fma(x0, s01);
            s11 = k1.fma(x1, s11);
            s21 = k1.fma(x2, s21);
            s31 = k1.fma(x3, s31);
            FloatVector k2 = FloatVector.fromArray(SPECIES, key, at2 + d);
            s02 = k2.fma(x0, s02);
            s12 = k2.fma(x1, s12);
            s22 = k2.fma(x2, s22);
            s32 = k2.fma(x3, s32);
            FloatVector k3 = FloatVector.fromArray(SPECIES, key, at3 + d);
            s03 = k3.fma(x0, s03);
            s13 = k3.fma(x1, s13);
            s23 = k3.fma(x2, s23);
            s33 = k3.fma(x3, s33);
        }
        s00.intoArray(partial, 0);
        s01.intoArray(partial, VECTOR);
        s02.intoArray(partial, 2 * VECTOR);
        s03.intoArray(partial, 3 * VECTOR);
        s10.intoArray(partial, 4 * VECTOR);
        s11.intoArray(partial, 5 * VECTOR);
        s12.intoArray(partial, 6 * VECTOR);
        s13.intoArray(partial, 7 * VECTOR);
        s20.intoArray(partial, 8 * VECTOR);
        s21.intoArray(partial, 9 * VECTOR);
        s22.intoArray(partial, 10 * VECTOR);
        s23.intoArray(partial, 11 * VECTOR);
        s30.intoArray(partial, 12 * VECTOR);
        s31.intoArray(partial, 13 * VECTOR);
        s32.intoArray(partial, 14 * VECTOR);
        s33.intoArray(partial, 15 * VECTOR);
    }

    /** 2 rows with 4 keys. */
    static void twoByFour(float[] left0, float[] left1, float[] key, int at, int stride, int depth, float[] partial) {
        int at1 = at + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = FloatVector.zero(SPECIES);
        FloatVector s02 = FloatVector.zero(SPECIES);
        FloatVector s03 = FloatVector.zero(SPECIES);
        FloatVector s10 = FloatVector.zero(SPECIES);
        FloatVector s11 = FloatVector.zero(SPECIES);
        FloatVector s12 = FloatVector.zero(SPECIES);
        FloatVector s13 = FloatVector.zero(SPECIES);
        for (int d = 0; d + VECTOR <= depth; d += VECTOR) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, left0, d);
            FloatVector x1 = FloatVector.fromArray(SPECIES, left1, d);
            FloatVector k0 = FloatVector.fromArray(SPECIES, key, at + d);
            s00 = k0.fma(x0, s00);
            s10 = k0.fma(x1, s10);
            FloatVector k1 = FloatVector.fromArray(SPECIES, key, at1 + d);
            s01 = k1.fma(x0, s01);
            s11 = k1.fma(x1, s11);
            FloatVector k2 = FloatVector.fromArray(SPECIES, key, at2 + d);
            s02 = k2.fma(x0, s02);
            s12 = k2.fma(x1, s12);
            FloatVector k3 = FloatVector.fromArray(SPECIES, key, at3 + d);
            s03 = k3.fma(x0, s03);
            s13 = k3.fma(x1, s13);
        }
        s00.intoArray(partial, 0);
        s01.intoArray(partial, VECTOR);
        s02.intoArray(partial, 2 * VECTOR);
        s03.intoArray(partial, 3 * VECTOR);
        s10.intoArray(partial, 4 * VECTOR);
        s11.intoArray(partial, 5 * VECTOR);
        s12.intoArray(partial, 6 * VECTOR);
        s13.intoArray(partial, 7 * VECTOR);
    }

    /** 1 row with 4 keys. */
    static void oneByFour(float[] left0, float[] key, int at, int stride, int depth, float[] partial) {
        int at1 = at + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = FloatVector.zero(SPECIES);
        FloatVector s02 = FloatVector.zero(SPECIES);
        FloatVector s03 = FloatVector.zero(SPECIES);
        for (int d = 0; d + VECTOR <= depth; d += VECTOR) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, left0, d);
            FloatVector k0 = FloatVector.fromArray(SPECIES, key, at + d);
            s00 = k0.fma(x0, s00);
            FloatVector k1 = FloatVector.fromArray(SPECIES, key, at1 + d);
            s01 = k1.fma(x0, s01);
            FloatVector k2 = FloatVector.fromArray(SPECIES, key, at2 + d);
            s02 = k2.fma(x0, s02);
            FloatVector k3 = FloatVector.fromArray(SPECIES, key, at3 + d);
            s03 = k3.fma(x0, s03);
        }
        s00.intoArray(partial, 0);
        s01.intoArray(partial, VECTOR);
        s02.intoArray(partial, 2 * VECTOR);
        s03.intoArray(partial, 3 * VECTOR);
    }

    /** 1 row with 1 key. */
    static void one(float[] left0, float[] key, int at, int stride, int depth, float[] partial) {
        FloatVector s00 = FloatVector.zero(SPECIES);
        for (int d = 0; d + VECTOR <= depth; d += VECTOR) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, left0, d);
            FloatVector k0 = FloatVector.fromArray(SPECIES, key, at + d);
            s00 = k0.fma(x0, s00);
        }
        s00.intoArray(partial, 0);
    }

    /** The product of a row with a key, from its lanes' sums. */
    static float sum(float[] partial, int at, float[] left, float[] key, int keyAt, int depth) {
        float sum = ADDS_LANES
                ? FloatVector.fromArray(SPECIES, partial, at).reduceLanes(VectorOperators.ADD)
                : sumOf(partial, at);
        for (int d = depth / VECTOR * VECTOR; d < depth; d++) {
            sum += left[d] * key[keyAt + d];
        }
        return sum;
    }

    private static float sumOf(float[] partial, int at) {
        float sum0 = partial[at];
        float sum1 = partial[at + 1];
        for (int i = 2; i < VECTOR; i += 2) {
            sum0 += partial[at + i];
            sum1 += partial[at + i + 1];
        }
        return sum0 + sum1;
    }
}
