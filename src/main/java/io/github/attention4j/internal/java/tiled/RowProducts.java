package io.github.attention4j.internal.java.tiled;

/** The products of {@link RowAttention}: of all query rows that read the same keys and values, two at a time. */
public class RowProducts {
    private final MicroKernels kernels;
    private float[][] queries;

    protected RowProducts(MicroKernels kernels) {
        this.kernels = kernels;
    }

    /** Takes the rows of queries, times the scale, for the calls to come. */
    public void load(float[][] queries) {
        this.queries = queries;
    }

    /** {@code scores[row][j]} = query row · key j, for keys at {@code key[at + j * stride]}. */
    public void score(float[] key, int at, int stride, int keys, float[][] scores) {
        int row = 0;
        for (; row + 2 <= queries.length; row += 2) {
            float[] query = queries[row];
            float[] other = queries[row + 1];
            kernels.dotsOfTwo(query, other, key, at, stride, keys, query.length, scores[row], scores[row + 1]);
        }
        if (row < queries.length) {
            float[] query = queries[row];
            kernels.dots(query, 0, key, at, stride, keys, query.length, scores[row], 0);
        }
    }

    /** {@code outs[row]} += Σ_j {@code weights[row][j]} · value j, for values as of {@link #score}. */
    public void accumulate(float[][] weights, float[] value, int at, int stride, int keys, float[][] outs) {
        accumulate(weights, value, at, stride, keys, outs, 0);
    }

    /** {@link #accumulate} from a row on. */
    protected final void accumulate(
            float[][] weights, float[] value, int at, int stride, int keys, float[][] outs, int first) {
        int row = first;
        for (; row + 2 <= outs.length; row += 2) {
            kernels.addRowsToTwo(weights[row], weights[row + 1], value, at, stride, keys, outs[row], outs[row + 1]);
        }
        if (row < outs.length) {
            kernels.addRows(weights[row], value, at, stride, keys, outs[row]);
        }
    }
}
