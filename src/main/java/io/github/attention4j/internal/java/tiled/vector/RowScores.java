package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * Dot products of a few rows with keys of one type, elements along the lanes; the class is defined again for each type,
 * see {@link PerType}. A product's bits do not depend on what is computed beside it.
 */
final class RowScores extends RowScorer {
    private static final Codec CODEC = PerType.codec(MethodHandles.lookup());

    /** Keys of a step. */
    private static final int KEYS = 4;

    RowScores() {
        super(
                MethodHandles.lookup(),
                CODEC,
                "scoreOne",
                "scoreTwo",
                takesManyOperations() ? "scoreFourByTwo" : "scoreFour");
    }

    /** To make floats of its elements: with four keys a step they would be more than {@link Apart} says. */
    private static boolean takesManyOperations() {
        return CODEC == Codec.F16 || CODEC == Codec.BF16;
    }

    @Override
    void score(float[][] queries, int first, StoredRows key, int keys, float[] parts, float[][] scores) {
        super.score(queries, first, key, keys, parts, scores);
        if (queries[first].length % VECTOR != 0) {
            addRest(queries, first, key, keys, scores);
        }
    }

    /** What is left over of a vector, of floats only. */
    private static void addRest(float[][] queries, int first, StoredRows key, int keys, float[][] scores) {
        float[] array = (float[]) key.array;
        for (int row = first; row < queries.length; row++) {
            float[] query = queries[row];
            for (int j = 0; j < keys; j++) {
                float sum = 0;
                for (int d = query.length / VECTOR * VECTOR; d < query.length; d++) {
                    sum = Math.fma(query[d], array[key.at + j * key.stride + d], sum);
                }
                scores[row][j] += sum;
            }
        }
    }

    /** Four rows, four keys a step, the last one again instead of those behind it; sums along the lanes into parts. */
    private static void scoreFour(float[][] queries, int row, StoredRows key, int first, int last, float[] parts) {
        Object array = key.array;
        int at = key.at;
        int stride = key.stride;
        float[] q0 = queries[row];
        float[] q1 = queries[row + 1];
        float[] q2 = queries[row + 2];
        float[] q3 = queries[row + 3];
        for (int j = first, end = Math.min(first + VECTOR, last + 1); j < end; j += KEYS) {
            int at0 = at + j * stride;
            int at1 = at + Math.min(j + 1, last) * stride;
            int at2 = at + Math.min(j + 2, last) * stride;
            int at3 = at + Math.min(j + 3, last) * stride;
            FloatVector s00 = FloatVector.zero(SPECIES);
            FloatVector s01 = s00;
            FloatVector s02 = s00;
            FloatVector s03 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s12 = s00;
            FloatVector s13 = s00;
            FloatVector s20 = s00;
            FloatVector s21 = s00;
            FloatVector s22 = s00;
            FloatVector s23 = s00;
            FloatVector s30 = s00;
            FloatVector s31 = s00;
            FloatVector s32 = s00;
            FloatVector s33 = s00;
            for (int d = 0, whole = q0.length - VECTOR; d <= whole; d += VECTOR) {
                FloatVector k0 = load(array, at0 + d);
                FloatVector k1 = load(array, at1 + d);
                FloatVector k2 = load(array, at2 + d);
                FloatVector k3 = load(array, at3 + d);
                FloatVector x0 = FloatVector.fromArray(SPECIES, q0, d);
                s00 = k0.fma(x0, s00);
                s01 = k1.fma(x0, s01);
                s02 = k2.fma(x0, s02);
                s03 = k3.fma(x0, s03);
                FloatVector x1 = FloatVector.fromArray(SPECIES, q1, d);
                s10 = k0.fma(x1, s10);
                s11 = k1.fma(x1, s11);
                s12 = k2.fma(x1, s12);
                s13 = k3.fma(x1, s13);
                FloatVector x2 = FloatVector.fromArray(SPECIES, q2, d);
                s20 = k0.fma(x2, s20);
                s21 = k1.fma(x2, s21);
                s22 = k2.fma(x2, s22);
                s23 = k3.fma(x2, s23);
                FloatVector x3 = FloatVector.fromArray(SPECIES, q3, d);
                s30 = k0.fma(x3, s30);
                s31 = k1.fma(x3, s31);
                s32 = k2.fma(x3, s32);
                s33 = k3.fma(x3, s33);
            }
            int to = (j - first) * VECTOR;
            s00.intoArray(parts, to);
            s01.intoArray(parts, to + VECTOR);
            s02.intoArray(parts, to + 2 * VECTOR);
            s03.intoArray(parts, to + 3 * VECTOR);
            s10.intoArray(parts, to + LaneSums.ROW);
            s11.intoArray(parts, to + LaneSums.ROW + VECTOR);
            s12.intoArray(parts, to + LaneSums.ROW + 2 * VECTOR);
            s13.intoArray(parts, to + LaneSums.ROW + 3 * VECTOR);
            s20.intoArray(parts, to + 2 * LaneSums.ROW);
            s21.intoArray(parts, to + 2 * LaneSums.ROW + VECTOR);
            s22.intoArray(parts, to + 2 * LaneSums.ROW + 2 * VECTOR);
            s23.intoArray(parts, to + 2 * LaneSums.ROW + 3 * VECTOR);
            s30.intoArray(parts, to + 3 * LaneSums.ROW);
            s31.intoArray(parts, to + 3 * LaneSums.ROW + VECTOR);
            s32.intoArray(parts, to + 3 * LaneSums.ROW + 2 * VECTOR);
            s33.intoArray(parts, to + 3 * LaneSums.ROW + 3 * VECTOR);
        }
    }

    /** Four rows, two keys a step: of types of which several operations make floats. */
    private static void scoreFourByTwo(float[][] queries, int row, StoredRows key, int first, int last, float[] parts) {
        Object array = key.array;
        int at = key.at;
        int stride = key.stride;
        float[] q0 = queries[row];
        float[] q1 = queries[row + 1];
        float[] q2 = queries[row + 2];
        float[] q3 = queries[row + 3];
        for (int j = first, end = Math.min(first + VECTOR, last + 1); j < end; j += 2) {
            int at0 = at + j * stride;
            int at1 = at + Math.min(j + 1, last) * stride;
            FloatVector s00 = FloatVector.zero(SPECIES);
            FloatVector s01 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s20 = s00;
            FloatVector s21 = s00;
            FloatVector s30 = s00;
            FloatVector s31 = s00;
            for (int d = 0, whole = q0.length - VECTOR; d <= whole; d += VECTOR) {
                FloatVector k0 = load(array, at0 + d);
                FloatVector k1 = load(array, at1 + d);
                FloatVector x0 = FloatVector.fromArray(SPECIES, q0, d);
                s00 = k0.fma(x0, s00);
                s01 = k1.fma(x0, s01);
                FloatVector x1 = FloatVector.fromArray(SPECIES, q1, d);
                s10 = k0.fma(x1, s10);
                s11 = k1.fma(x1, s11);
                FloatVector x2 = FloatVector.fromArray(SPECIES, q2, d);
                s20 = k0.fma(x2, s20);
                s21 = k1.fma(x2, s21);
                FloatVector x3 = FloatVector.fromArray(SPECIES, q3, d);
                s30 = k0.fma(x3, s30);
                s31 = k1.fma(x3, s31);
            }
            int to = (j - first) * VECTOR;
            s00.intoArray(parts, to);
            s01.intoArray(parts, to + VECTOR);
            s10.intoArray(parts, to + LaneSums.ROW);
            s11.intoArray(parts, to + LaneSums.ROW + VECTOR);
            s20.intoArray(parts, to + 2 * LaneSums.ROW);
            s21.intoArray(parts, to + 2 * LaneSums.ROW + VECTOR);
            s30.intoArray(parts, to + 3 * LaneSums.ROW);
            s31.intoArray(parts, to + 3 * LaneSums.ROW + VECTOR);
        }
    }

    /** Two rows, four keys a step. */
    private static void scoreTwo(float[][] queries, int row, StoredRows key, int first, int last, float[] parts) {
        Object array = key.array;
        int at = key.at;
        int stride = key.stride;
        float[] q0 = queries[row];
        float[] q1 = queries[row + 1];
        for (int j = first, end = Math.min(first + VECTOR, last + 1); j < end; j += KEYS) {
            int at0 = at + j * stride;
            int at1 = at + Math.min(j + 1, last) * stride;
            int at2 = at + Math.min(j + 2, last) * stride;
            int at3 = at + Math.min(j + 3, last) * stride;
            FloatVector s00 = FloatVector.zero(SPECIES);
            FloatVector s01 = s00;
            FloatVector s02 = s00;
            FloatVector s03 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s12 = s00;
            FloatVector s13 = s00;
            for (int d = 0, whole = q0.length - VECTOR; d <= whole; d += VECTOR) {
                FloatVector k0 = load(array, at0 + d);
                FloatVector k1 = load(array, at1 + d);
                FloatVector k2 = load(array, at2 + d);
                FloatVector k3 = load(array, at3 + d);
                FloatVector x0 = FloatVector.fromArray(SPECIES, q0, d);
                s00 = k0.fma(x0, s00);
                s01 = k1.fma(x0, s01);
                s02 = k2.fma(x0, s02);
                s03 = k3.fma(x0, s03);
                FloatVector x1 = FloatVector.fromArray(SPECIES, q1, d);
                s10 = k0.fma(x1, s10);
                s11 = k1.fma(x1, s11);
                s12 = k2.fma(x1, s12);
                s13 = k3.fma(x1, s13);
            }
            int to = (j - first) * VECTOR;
            s00.intoArray(parts, to);
            s01.intoArray(parts, to + VECTOR);
            s02.intoArray(parts, to + 2 * VECTOR);
            s03.intoArray(parts, to + 3 * VECTOR);
            s10.intoArray(parts, to + LaneSums.ROW);
            s11.intoArray(parts, to + LaneSums.ROW + VECTOR);
            s12.intoArray(parts, to + LaneSums.ROW + 2 * VECTOR);
            s13.intoArray(parts, to + LaneSums.ROW + 3 * VECTOR);
        }
    }

    /** One row, four keys a step. */
    private static void scoreOne(float[][] queries, int row, StoredRows key, int first, int last, float[] parts) {
        Object array = key.array;
        int at = key.at;
        int stride = key.stride;
        float[] q0 = queries[row];
        for (int j = first, end = Math.min(first + VECTOR, last + 1); j < end; j += KEYS) {
            int at0 = at + j * stride;
            int at1 = at + Math.min(j + 1, last) * stride;
            int at2 = at + Math.min(j + 2, last) * stride;
            int at3 = at + Math.min(j + 3, last) * stride;
            FloatVector s00 = FloatVector.zero(SPECIES);
            FloatVector s01 = s00;
            FloatVector s02 = s00;
            FloatVector s03 = s00;
            for (int d = 0, whole = q0.length - VECTOR; d <= whole; d += VECTOR) {
                FloatVector k0 = load(array, at0 + d);
                FloatVector k1 = load(array, at1 + d);
                FloatVector k2 = load(array, at2 + d);
                FloatVector k3 = load(array, at3 + d);
                FloatVector x0 = FloatVector.fromArray(SPECIES, q0, d);
                s00 = k0.fma(x0, s00);
                s01 = k1.fma(x0, s01);
                s02 = k2.fma(x0, s02);
                s03 = k3.fma(x0, s03);
            }
            int to = (j - first) * VECTOR;
            s00.intoArray(parts, to);
            s01.intoArray(parts, to + VECTOR);
            s02.intoArray(parts, to + 2 * VECTOR);
            s03.intoArray(parts, to + 3 * VECTOR);
        }
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
