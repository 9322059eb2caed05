package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.DType;
import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.util.Arrays;

/** {@link RowScorer} and {@link RowAdder} over numbers and with the same bits: see {@link Practice}. */
final class RowNumbers {
    private RowNumbers() {}

    /** Of whole vectors of elements: those that are left over are not among the sums. */
    static void score(float[][] queries, int row, int rows, StoredRows key, int keys, float[] sums, float[][] scores) {
        int whole = queries[row].length / VECTOR * VECTOR;
        float[] floats = new float[queries[row].length];
        for (int j = 0; j < keys; j++) {
            read(key, j, floats);
            if (key.codec == Codec.I4) {
                for (int d = 0; d < whole; d++) {
                    floats[d] *= scale(key, j, d);
                }
            }
            for (int i = row; i < row + rows; i++) {
                Arrays.fill(sums, 0, VECTOR, 0);
                for (int d = 0; d < whole; d += VECTOR) {
                    Numbers.multiplyAdd(floats, d, queries[i], d, VECTOR, sums, 0);
                }
                scores[i][j] = sum(sums);
            }
        }
    }

    /** Across the lanes, as {@link LaneSums} does; changes them. */
    private static float sum(float[] lanes) {
        for (int step = 1; step < VECTOR; step *= 2) {
            for (int i = 0; i < VECTOR; i += 2 * step) {
                lanes[i] += lanes[i + step];
            }
        }
        return lanes[0];
    }

    /** To the columns from one on before another. */
    static void add(
            float[][] weights, int row, int rows, StoredRows value, int keys, float[][] outs, int from, int end) {
        float[] floats = new float[outs[row].length];
        for (int j = 0; j < keys; j++) {
            read(value, j, floats);
            for (int i = row; i < row + rows; i++) {
                if (value.codec != Codec.I4) {
                    Numbers.multiplyAdd(floats, from, end - from, weights[i][j], outs[i], from);
                    continue;
                }
                for (int d = from; d < end; d += 2 * VECTOR) {
                    float weight = weights[i][j] * scale(value, j, d);
                    Numbers.multiplyAdd(floats, d, 2 * VECTOR, weight, outs[i], d);
                }
            }
        }
    }

    private static float scale(StoredRows stored, int row, int column) {
        return stored.scales[row * stored.groups + column / DType.GROUP];
    }

    /** The floats of a row without its scales; those of 4 bits in the order of {@code Halves}. */
    private static void read(StoredRows stored, int row, float[] to) {
        int at = stored.at + row * stored.stride;
        if (stored.codec != Codec.I4) {
            stored.codec.decode(stored.array, at, 0, to, 0, to.length);
            return;
        }
        for (int d = 0; d < to.length; d += 2 * VECTOR) {
            Numbers.ofHalves((byte[]) stored.array, at + d / 2, to, d);
        }
    }
}
