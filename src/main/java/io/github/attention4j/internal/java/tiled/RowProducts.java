package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.memory.Codec;

/**
 * The products of {@link RowAttention}: of all query rows that read the same keys and values. Scales are put to what is
 * made of whole rows, not to their elements.
 */
public class RowProducts {
    private final MicroKernels kernels;
    private final float[][] scaled;

    /** Of the keys to come. */
    protected float[][] queries;

    /** For so many rows, and tiles of keys. */
    protected RowProducts(MicroKernels kernels, int rows, int tile) {
        this.kernels = kernels;
        scaled = new float[rows][tile];
    }

    /** Takes the rows of queries, times the scale, for the calls to come. */
    public void load(float[][] queries) {
        this.queries = queries;
    }

    /** Whether {@link #score} takes keys of this type, and not only floats. */
    public boolean takesKeys(Codec codec) {
        return !codec.isConverted();
    }

    /** Whether {@link #accumulate} takes values of this type, of so many elements. */
    public boolean takesValues(Codec codec, int columns) {
        return !codec.isConverted();
    }

    /** {@code scores[row][j]} = query row · key j. */
    final void score(StoredRows key, int keys, float[][] scores) {
        multiply(key, keys, scores);
        if (key.scales != null && key.groups == 0) {
            for (float[] row : scores) {
                scale(row, key.scales, keys, row);
            }
        }
    }

    /** {@code outs[row]} += Σ_j {@code weights[row][j]} · value j. */
    final void accumulate(float[][] weights, StoredRows value, int keys, float[][] outs) {
        if (value.scales == null || value.groups > 0) {
            add(weights, value, keys, outs);
            return;
        }
        for (int row = 0; row < weights.length; row++) {
            scale(weights[row], value.scales, keys, scaled[row]);
        }
        add(scaled, value, keys, outs);
    }

    private static void scale(float[] numbers, float[] scales, int count, float[] target) {
        for (int i = 0; i < count; i++) {
            target[i] = numbers[i] * scales[i];
        }
    }

    /** {@link #score} without the keys' scales. */
    protected void multiply(StoredRows key, int keys, float[][] scores) {
        float[] array = (float[]) key.array;
        for (int row = 0; row < queries.length; row++) {
            float[] query = queries[row];
            kernels.dots(query, 0, array, key.at, key.stride, keys, query.length, scores[row], 0);
        }
    }

    /** {@link #accumulate} without the values' scales. */
    protected void add(float[][] weights, StoredRows value, int keys, float[][] outs) {
        float[] array = (float[]) value.array;
        for (int row = 0; row < outs.length; row++) {
            kernels.addRows(weights[row], array, value.at, value.stride, keys, outs[row]);
        }
    }
}
