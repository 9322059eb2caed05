package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The register tile of K Qᵀ: 4 keys x 2 vectors of queries, two columns of the head a step.
 *
 * <p>C2 loads all broadcasts of a step before it multiplies, so accumulators, broadcasts and query vectors must fit the
 * registers together: 8 accumulators do (and are just enough to hide the latency of two multipliers), 12 spill on AVX2,
 * where they reach half the speed. All positions are a loop variable times a constant plus an offset: only such bounds
 * checks are moved out of the loop.
 */
final class ScoreTile {
    /** Keys of a tile. */
    static final int KEYS = 4;

    /** Vectors of as many floats come with 32 registers. */
    static final int WIDE = 16;

    private static final int LITTLE = 6; // even, beside rows of one element: both kinds of rows must have been seen

    private static final float[] KEY = new float[16 * LITTLE];
    private static final float[] QUERY = new float[LITTLE * LANES];
    private static final float[] SCORES = new float[16 * LANES];
    /** Of fewer keys than a tile has. */
    private static final Practice FEW =
            new Practice(30, turn -> vectors(KEY, 0, LITTLE, KEYS, QUERY, turn % 16 == 0 ? LITTLE : 2, SCORES));

    private static final Practice PRACTICE = new Practice(
            40,
            turn -> vectors(
                    KEY, 0, LITTLE, turn % 4 == 0 ? 15 : tileKeys(), QUERY, turn % 16 == 0 ? LITTLE : 1, SCORES));

    private ScoreTile() {}

    private static int tileKeys() {
        return VECTOR < WIDE ? KEYS : WideScoreTile.KEYS;
    }

    /** All keys, tile by tile. */
    static void multiplyAll(float[] key, int at, int stride, int keys, float[] query, int headDim, float[] scores) {
        if (areCompiled(keys)) {
            vectors(key, at, stride, keys, query, headDim, scores);
        } else {
            numbers(key, at, stride, keys, query, headDim, scores);
        }
    }

    private static boolean areCompiled(int keys) {
        boolean hasFew = keys % tileKeys() >= KEYS;
        return (hasFew && keys < tileKeys() || PRACTICE.isOver()) && (!hasFew || FEW.isOver());
    }

    private static void numbers(float[] key, int at, int stride, int keys, float[] query, int headDim, float[] scores) {
        Arrays.fill(scores, 0, keys * LANES, 0);
        for (int j = 0; j < keys; j++) {
            for (int d = 0; d < headDim; d++) {
                Numbers.multiplyAdd(query, d * LANES, LANES, key[at + j * stride + d], scores, j * LANES);
            }
        }
    }

    private static void vectors(float[] key, int at, int stride, int keys, float[] query, int headDim, float[] scores) {
        int j = VECTOR < WIDE ? 0 : WideScoreTile.multiplyWhole(key, at, stride, keys, query, headDim, scores);
        for (; j + KEYS <= keys; j += KEYS) {
            multiply(key, at + j * stride, stride, query, headDim, scores, j * LANES);
        }
        for (; j < keys; j++) {
            multiplyOne(key, at + j * stride, query, headDim, scores, j * LANES);
        }
    }

    private static void multiply(float[] key, int at, int stride, float[] query, int headDim, float[] scores, int to) {
        int key1 = at + stride;
        int key2 = key1 + stride;
        int key3 = key2 + stride;
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = FloatVector.zero(SPECIES);
        FloatVector s10 = FloatVector.zero(SPECIES);
        FloatVector s11 = FloatVector.zero(SPECIES);
        FloatVector s20 = FloatVector.zero(SPECIES);
        FloatVector s21 = FloatVector.zero(SPECIES);
        FloatVector s30 = FloatVector.zero(SPECIES);
        FloatVector s31 = FloatVector.zero(SPECIES);
        int even = headDim & -2;
        for (int d = 0; d < even; d += 2) {
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
            FloatVector r0 = FloatVector.fromArray(SPECIES, query, (d + 1) * LANES);
            FloatVector r1 = FloatVector.fromArray(SPECIES, query, (d + 1) * LANES + VECTOR);
            FloatVector l0 = FloatVector.broadcast(SPECIES, key[at + d + 1]);
            s00 = r0.fma(l0, s00);
            s01 = r1.fma(l0, s01);
            FloatVector l1 = FloatVector.broadcast(SPECIES, key[key1 + d + 1]);
            s10 = r0.fma(l1, s10);
            s11 = r1.fma(l1, s11);
            FloatVector l2 = FloatVector.broadcast(SPECIES, key[key2 + d + 1]);
            s20 = r0.fma(l2, s20);
            s21 = r1.fma(l2, s21);
            FloatVector l3 = FloatVector.broadcast(SPECIES, key[key3 + d + 1]);
            s30 = r0.fma(l3, s30);
            s31 = r1.fma(l3, s31);
        }
        s00.intoArray(scores, to);
        s01.intoArray(scores, to + VECTOR);
        s10.intoArray(scores, to + LANES);
        s11.intoArray(scores, to + LANES + VECTOR);
        s20.intoArray(scores, to + 2 * LANES);
        s21.intoArray(scores, to + 2 * LANES + VECTOR);
        s30.intoArray(scores, to + 3 * LANES);
        s31.intoArray(scores, to + 3 * LANES + VECTOR);
        if (even < headDim) {
            addRest(key, at + even, stride, KEYS, query, even * LANES, scores, to);
        }
    }

    /**
     * Adds to some rows of sums a row of vectors times a number for each: what is left over of steps of two. By itself,
     * see {@link Apart}.
     */
    static void addRest(
            float[] numbers, int at, int stride, int rows, float[] vectors, int from, float[] sums, int to) {
        for (int i = 0; i < rows; i++) {
            FloatVector number = FloatVector.broadcast(SPECIES, numbers[at + i * stride]);
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                int sum = to + i * LANES + lane;
                FloatVector.fromArray(SPECIES, vectors, from + lane)
                        .fma(number, FloatVector.fromArray(SPECIES, sums, sum))
                        .intoArray(sums, sum);
            }
        }
    }

    /** One key: for those that are left over. */
    private static void multiplyOne(float[] key, int at, float[] query, int headDim, float[] scores, int to) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = FloatVector.zero(SPECIES);
        for (int d = 0; d < headDim; d++) {
            FloatVector k = FloatVector.broadcast(SPECIES, key[at + d]);
            s0 = FloatVector.fromArray(SPECIES, query, d * LANES).fma(k, s0);
            s1 = FloatVector.fromArray(SPECIES, query, d * LANES + VECTOR).fma(k, s1);
        }
        s0.intoArray(scores, to);
        s1.intoArray(scores, to + VECTOR);
    }
}
