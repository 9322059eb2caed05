package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.Neighbours.OTHER1;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.OTHER2;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.OTHER4;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.OTHER8;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.SECOND1;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.SECOND2;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.SECOND4;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.SECOND8;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * Dot products of a few rows with keys of one type, elements along the lanes; the class is defined again for each type,
 * see {@link PerType}. The sums of four, eight or sixteen products across their lanes are taken together: of two
 * vectors, one of the sums of neighbours is made, half of whose lanes are of the one and half of the other, and so on.
 * All that is in the loop's method, since C2 of Java 17 puts nothing but the Vector API's own methods into one that is
 * as long. A product's bits do not depend on what is computed beside it.
 */
final class RowScores implements RowScorer {
    private static final Codec CODEC = PerType.codec(MethodHandles.lookup());

    /** Keys of a tile. */
    private static final int KEYS = 4;

    /** How many of so many rows are taken together. */
    static int together(int rows) {
        return rows >= 4 && VECTOR >= ScoreTile.WIDE ? 4 : Math.min(rows, 2);
    }

    @Override
    public void score(float[][] queries, int first, StoredRows key, int keys, float[] sums, float[][] scores) {
        Object array = key.array;
        int at = key.at;
        int stride = key.stride;
        int depth = queries[first].length;
        int last = keys - 1;
        int rows;
        for (int row = first; row < queries.length; row += rows) {
            rows = together(queries.length - row);
            for (int j = 0; j < keys; j += KEYS) {
                switch (rows) {
                    case 4 -> fourByFour(queries, row, array, at, stride, depth, last, j, sums);
                    case 2 -> twoByFour(queries, row, array, at, stride, depth, last, j, sums);
                    default -> oneByFour(queries, row, array, at, stride, depth, last, j, sums);
                }
                store(rows, sums, queries, row, key, keys, j, scores);
            }
        }
    }

    private static void store(
            int rows, float[] sums, float[][] queries, int row, StoredRows key, int keys, int j, float[][] scores) {
        int count = Math.min(KEYS, keys - j);
        for (int i = 0; i < rows; i++) {
            float[] target = scores[row + i];
            for (int k = 0; k < count; k++) {
                target[j + k] = sums[i * KEYS + k];
            }
            if (queries[row].length % VECTOR != 0) {
                for (int k = j; k < j + count; k++) {
                    target[k] += rest(queries[row + i], (float[]) key.array, key.at + k * key.stride);
                }
            }
        }
    }

    /** What is left over of a vector, of floats only. */
    private static float rest(float[] query, float[] key, int at) {
        float sum = 0;
        for (int d = query.length / VECTOR * VECTOR; d < query.length; d++) {
            sum = Math.fma(query[d], key[at + d], sum);
        }
        return sum;
    }

    /** 4 rows with 4 keys; the last key again instead of those behind it. */
    private static void fourByFour(
            float[][] queries, int row, Object key, int at, int stride, int depth, int last, int j, float[] sums) {
        float[] q0 = queries[row];
        float[] q1 = queries[row + 1];
        float[] q2 = queries[row + 2];
        float[] q3 = queries[row + 3];
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
        for (int d = 0, end = depth - VECTOR; d <= end; d += VECTOR) {
            FloatVector k0 = load(key, at0 + d);
            FloatVector k1 = load(key, at1 + d);
            FloatVector k2 = load(key, at2 + d);
            FloatVector k3 = load(key, at3 + d);
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
        s00 = s00.blend(s01, SECOND1).add(s01.blend(s00, SECOND1).rearrange(OTHER1));
        s02 = s02.blend(s03, SECOND1).add(s03.blend(s02, SECOND1).rearrange(OTHER1));
        s10 = s10.blend(s11, SECOND1).add(s11.blend(s10, SECOND1).rearrange(OTHER1));
        s12 = s12.blend(s13, SECOND1).add(s13.blend(s12, SECOND1).rearrange(OTHER1));
        s20 = s20.blend(s21, SECOND1).add(s21.blend(s20, SECOND1).rearrange(OTHER1));
        s22 = s22.blend(s23, SECOND1).add(s23.blend(s22, SECOND1).rearrange(OTHER1));
        s30 = s30.blend(s31, SECOND1).add(s31.blend(s30, SECOND1).rearrange(OTHER1));
        s32 = s32.blend(s33, SECOND1).add(s33.blend(s32, SECOND1).rearrange(OTHER1));
        s00 = s00.blend(s02, SECOND2).add(s02.blend(s00, SECOND2).rearrange(OTHER2));
        s10 = s10.blend(s12, SECOND2).add(s12.blend(s10, SECOND2).rearrange(OTHER2));
        s20 = s20.blend(s22, SECOND2).add(s22.blend(s20, SECOND2).rearrange(OTHER2));
        s30 = s30.blend(s32, SECOND2).add(s32.blend(s30, SECOND2).rearrange(OTHER2));
        s00 = s00.blend(s10, SECOND4).add(s10.blend(s00, SECOND4).rearrange(OTHER4));
        s20 = s20.blend(s30, SECOND4).add(s30.blend(s20, SECOND4).rearrange(OTHER4));
        s00 = s00.blend(s20, SECOND8).add(s20.blend(s00, SECOND8).rearrange(OTHER8));
        s00.intoArray(sums, 0);
    }

    /** 2 rows with 4 keys. */
    private static void twoByFour(
            float[][] queries, int row, Object key, int at, int stride, int depth, int last, int j, float[] sums) {
        float[] q0 = queries[row];
        float[] q1 = queries[row + 1];
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
        for (int d = 0, end = depth - VECTOR; d <= end; d += VECTOR) {
            FloatVector k0 = load(key, at0 + d);
            FloatVector k1 = load(key, at1 + d);
            FloatVector k2 = load(key, at2 + d);
            FloatVector k3 = load(key, at3 + d);
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
        s00 = s00.blend(s01, SECOND1).add(s01.blend(s00, SECOND1).rearrange(OTHER1));
        s02 = s02.blend(s03, SECOND1).add(s03.blend(s02, SECOND1).rearrange(OTHER1));
        s10 = s10.blend(s11, SECOND1).add(s11.blend(s10, SECOND1).rearrange(OTHER1));
        s12 = s12.blend(s13, SECOND1).add(s13.blend(s12, SECOND1).rearrange(OTHER1));
        s00 = s00.blend(s02, SECOND2).add(s02.blend(s00, SECOND2).rearrange(OTHER2));
        s10 = s10.blend(s12, SECOND2).add(s12.blend(s10, SECOND2).rearrange(OTHER2));
        if (VECTOR == 4) {
            s00.intoArray(sums, 0);
            s10.intoArray(sums, VECTOR);
            return;
        }
        s00 = s00.blend(s10, SECOND4).add(s10.blend(s00, SECOND4).rearrange(OTHER4));
        s00 = VECTOR == 8 ? s00 : s00.add(s00.rearrange(OTHER8));
        s00.intoArray(sums, 0);
    }

    /** 1 row with 4 keys. */
    private static void oneByFour(
            float[][] queries, int row, Object key, int at, int stride, int depth, int last, int j, float[] sums) {
        float[] q0 = queries[row];
        int at0 = at + j * stride;
        int at1 = at + Math.min(j + 1, last) * stride;
        int at2 = at + Math.min(j + 2, last) * stride;
        int at3 = at + Math.min(j + 3, last) * stride;
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = s00;
        FloatVector s02 = s00;
        FloatVector s03 = s00;
        for (int d = 0, end = depth - VECTOR; d <= end; d += VECTOR) {
            FloatVector k0 = load(key, at0 + d);
            FloatVector k1 = load(key, at1 + d);
            FloatVector k2 = load(key, at2 + d);
            FloatVector k3 = load(key, at3 + d);
            FloatVector x0 = FloatVector.fromArray(SPECIES, q0, d);
            s00 = k0.fma(x0, s00);
            s01 = k1.fma(x0, s01);
            s02 = k2.fma(x0, s02);
            s03 = k3.fma(x0, s03);
        }
        s00 = s00.blend(s01, SECOND1).add(s01.blend(s00, SECOND1).rearrange(OTHER1));
        s02 = s02.blend(s03, SECOND1).add(s03.blend(s02, SECOND1).rearrange(OTHER1));
        s00 = s00.blend(s02, SECOND2).add(s02.blend(s00, SECOND2).rearrange(OTHER2));
        s00 = VECTOR < 8 ? s00 : s00.add(s00.rearrange(OTHER4));
        s00 = VECTOR < 16 ? s00 : s00.add(s00.rearrange(OTHER8));
        s00.intoArray(sums, 0);
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
