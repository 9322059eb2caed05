package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** {@link ScoreTile} for half as many rows: 8 keys x 1 vector of them. Scores are [key][lane]. */
final class HalfScoreTile {
    private static final int KEYS = 8;

    private static final int LITTLE = 2; // elements; one beside them: both kinds of rows must have been seen
    private static final float[] KEY = new float[(KEYS + 1) * LITTLE];
    private static final float[] QUERY = new float[LITTLE * VECTOR];
    private static final float[] SCORES = new float[(KEYS + 1) * VECTOR];
    private static final Practice PRACTICE = new Practice(
            40,
            turn -> vectors(KEY, 0, LITTLE, turn % 16 == 4 ? KEYS + 1 : KEYS, QUERY, turn % 16 == 0 ? 1 : 2, SCORES));

    private HalfScoreTile() {}

    static void multiplyAll(float[] key, int at, int stride, int keys, float[] query, int headDim, float[] scores) {
        if (PRACTICE.isOver()) {
            vectors(key, at, stride, keys, query, headDim, scores);
            return;
        }
        Arrays.fill(scores, 0, keys * VECTOR, 0);
        for (int j = 0; j < keys; j++) {
            for (int d = 0; d < headDim; d++) {
                Numbers.multiplyAdd(query, d * VECTOR, VECTOR, key[at + j * stride + d], scores, j * VECTOR);
            }
        }
    }

    private static void vectors(float[] key, int at, int stride, int keys, float[] query, int headDim, float[] scores) {
        int j = 0;
        for (; j + KEYS <= keys; j += KEYS) {
            multiply(key, at + j * stride, stride, query, headDim, scores, j * VECTOR);
        }
        for (; j < keys; j++) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int d = 0; d < headDim; d++) {
                sum = FloatVector.fromArray(SPECIES, query, d * VECTOR)
                        .fma(FloatVector.broadcast(SPECIES, key[at + j * stride + d]), sum);
            }
            sum.intoArray(scores, j * VECTOR);
        }
    }

    private static void multiply(float[] key, int at, int stride, float[] query, int headDim, float[] scores, int to) {
        int at1 = at + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        int at4 = at3 + stride;
        int at5 = at4 + stride;
        int at6 = at5 + stride;
        int at7 = at6 + stride;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = FloatVector.zero(SPECIES);
        FloatVector s2 = FloatVector.zero(SPECIES);
        FloatVector s3 = FloatVector.zero(SPECIES);
        FloatVector s4 = FloatVector.zero(SPECIES);
        FloatVector s5 = FloatVector.zero(SPECIES);
        FloatVector s6 = FloatVector.zero(SPECIES);
        FloatVector s7 = FloatVector.zero(SPECIES);
        int even = headDim & -2;
        for (int d = 0; d < even; d += 2) {
            FloatVector q = FloatVector.fromArray(SPECIES, query, d * VECTOR);
            s0 = q.fma(FloatVector.broadcast(SPECIES, key[at + d]), s0);
            s1 = q.fma(FloatVector.broadcast(SPECIES, key[at1 + d]), s1);
            s2 = q.fma(FloatVector.broadcast(SPECIES, key[at2 + d]), s2);
            s3 = q.fma(FloatVector.broadcast(SPECIES, key[at3 + d]), s3);
            s4 = q.fma(FloatVector.broadcast(SPECIES, key[at4 + d]), s4);
            s5 = q.fma(FloatVector.broadcast(SPECIES, key[at5 + d]), s5);
            s6 = q.fma(FloatVector.broadcast(SPECIES, key[at6 + d]), s6);
            s7 = q.fma(FloatVector.broadcast(SPECIES, key[at7 + d]), s7);
            FloatVector r = FloatVector.fromArray(SPECIES, query, (d + 1) * VECTOR);
            s0 = r.fma(FloatVector.broadcast(SPECIES, key[at + d + 1]), s0);
            s1 = r.fma(FloatVector.broadcast(SPECIES, key[at1 + d + 1]), s1);
            s2 = r.fma(FloatVector.broadcast(SPECIES, key[at2 + d + 1]), s2);
            s3 = r.fma(FloatVector.broadcast(SPECIES, key[at3 + d + 1]), s3);
            s4 = r.fma(FloatVector.broadcast(SPECIES, key[at4 + d + 1]), s4);
            s5 = r.fma(FloatVector.broadcast(SPECIES, key[at5 + d + 1]), s5);
            s6 = r.fma(FloatVector.broadcast(SPECIES, key[at6 + d + 1]), s6);
            s7 = r.fma(FloatVector.broadcast(SPECIES, key[at7 + d + 1]), s7);
        }
        s0.intoArray(scores, to);
        s1.intoArray(scores, to + VECTOR);
        s2.intoArray(scores, to + 2 * VECTOR);
        s3.intoArray(scores, to + 3 * VECTOR);
        s4.intoArray(scores, to + 4 * VECTOR);
        s5.intoArray(scores, to + 5 * VECTOR);
        s6.intoArray(scores, to + 6 * VECTOR);
        s7.intoArray(scores, to + 7 * VECTOR);
        if (even < headDim) {
            addLast(key, at + even, stride, query, even * VECTOR, scores, to);
        }
    }

    /** An odd dimension's last element. By itself, see {@link Apart}. */
    private static void addLast(float[] key, int at, int stride, float[] query, int from, float[] scores, int to) {
        FloatVector q = FloatVector.fromArray(SPECIES, query, from);
        for (int j = 0; j < KEYS; j++) {
            q.fma(
                            FloatVector.broadcast(SPECIES, key[at + j * stride]),
                            FloatVector.fromArray(SPECIES, scores, to + j * VECTOR))
                    .intoArray(scores, to + j * VECTOR);
        }
    }
}
