package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of K Qᵀ where vectors of 512 bits come with 32 registers: 8 keys x 2 vectors of queries. A vector
 * of queries that does not begin where a line of the cache does takes two loads, as arrays of Java mostly lie; here it
 * serves eight keys, where {@link ScoreTile} would wait for loads.
 */
final class WideScoreTile {
    /** Keys of a tile. */
    static final int KEYS = 8;

    private WideScoreTile() {}

    /** As many keys as whole tiles have, which it returns. */
    static int multiplyWhole(float[] key, int at, int stride, int keys, float[] query, int headDim, float[] scores) {
        int j = 0;
        for (; j + KEYS <= keys; j += KEYS) {
            multiply(key, at + j * stride, stride, query, headDim, scores, j * LANES);
        }
        return j;
    }

    private static void multiply(float[] key, int at, int stride, float[] query, int headDim, float[] scores, int to) {
        int key1 = at + stride;
        int key2 = key1 + stride;
        int key3 = key2 + stride;
        int key4 = key3 + stride;
        int key5 = key4 + stride;
        int key6 = key5 + stride;
        int key7 = key6 + stride;
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        FloatVector s40 = s00;
        FloatVector s41 = s00;
        FloatVector s50 = s00;
        FloatVector s51 = s00;
        FloatVector s60 = s00;
        FloatVector s61 = s00;
        FloatVector s70 = s00;
        FloatVector s71 = s00;
        for (int d = 0; d < headDim; d++) {
            FloatVector q0 = FloatVector.fromArray(SPECIES, query, d * LANES);
            FloatVector q1 = FloatVector.fromArray(SPECIES, query, d * LANES + VECTOR);
            FloatVector k0 = FloatVector.broadcast(SPECIES, key[at + d]);
            s00 = q0.fma(k0, s00);
            s01 = q1.fma(k0, s01);
            FloatVector k1 = FloatVector.broadcast(SPECIES, key[key1 + d]);
            s10 = q0.fma(k1, s10);
            s11 = q1.fma(k1, s11);
            FloatVector k2 = FloatVector.broadcast(SPECIES, key[key2 + d]);
            s20 = q0.fma(k2, s20);
            s21 = q1.fma(k2, s21);
            FloatVector k3 = FloatVector.broadcast(SPECIES, key[key3 + d]);
            s30 = q0.fma(k3, s30);
            s31 = q1.fma(k3, s31);
            FloatVector k4 = FloatVector.broadcast(SPECIES, key[key4 + d]);
            s40 = q0.fma(k4, s40);
            s41 = q1.fma(k4, s41);
            FloatVector k5 = FloatVector.broadcast(SPECIES, key[key5 + d]);
            s50 = q0.fma(k5, s50);
            s51 = q1.fma(k5, s51);
            FloatVector k6 = FloatVector.broadcast(SPECIES, key[key6 + d]);
            s60 = q0.fma(k6, s60);
            s61 = q1.fma(k6, s61);
            FloatVector k7 = FloatVector.broadcast(SPECIES, key[key7 + d]);
            s70 = q0.fma(k7, s70);
            s71 = q1.fma(k7, s71);
        }
        s00.intoArray(scores, to);
        s01.intoArray(scores, to + VECTOR);
        s10.intoArray(scores, to + LANES);
        s11.intoArray(scores, to + LANES + VECTOR);
        s20.intoArray(scores, to + 2 * LANES);
        s21.intoArray(scores, to + 2 * LANES + VECTOR);
        s30.intoArray(scores, to + 3 * LANES);
        s31.intoArray(scores, to + 3 * LANES + VECTOR);
        s40.intoArray(scores, to + 4 * LANES);
        s41.intoArray(scores, to + 4 * LANES + VECTOR);
        s50.intoArray(scores, to + 5 * LANES);
        s51.intoArray(scores, to + 5 * LANES + VECTOR);
        s60.intoArray(scores, to + 6 * LANES);
        s61.intoArray(scores, to + 6 * LANES + VECTOR);
        s70.intoArray(scores, to + 7 * LANES);
        s71.intoArray(scores, to + 7 * LANES + VECTOR);
    }
}
