package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.util.Arrays;
import java.util.function.Function;

/** What one thread needs to compute one share of {@link RowAttention} after the other; kept for the next call. */
final class RowSpace {
    /** Of each head that reads the same keys. */
    final RowPanel[] panels;

    final MaskRows[] seen;

    /** Of all panels, one after the other: their queries, scores and sums of values. */
    private final float[][] queries;

    private final float[][] scores;
    private final float[][] outs;
    final MicroKernels kernels;
    final Totals totals;
    final TileRows keys;
    final TileRows values;

    /** A row of query or out. */
    final float[] row;

    final float[] lse;

    /** What dropout multiplies weights by; null without. */
    final float[] factors;

    RowSpace(AttentionSpec spec, MicroKernels kernels) {
        int queryLength = spec.queryLength();
        this.kernels = kernels;
        panels = new RowPanel[spec.groupSize()];
        seen = new MaskRows[panels.length];
        for (int i = 0; i < panels.length; i++) {
            panels[i] = new RowPanel(kernels, queryLength, RowAttention.TILE, spec.headDim(), spec.valueDim());
            seen[i] = new MaskRows(queryLength, queryLength);
        }
        queries = all(panel -> panel.query);
        scores = all(panel -> panel.scores);
        outs = all(panel -> panel.out);
        totals = new Totals(queryLength, spec.valueDim());
        keys = new TileRows(kernels, RowAttention.TILE, spec.headDim());
        values = new TileRows(kernels, RowAttention.TILE, spec.valueDim());
        row = new float[Math.max(spec.headDim(), spec.valueDim())];
        lse = new float[queryLength];
        factors = spec.has(Operand.DROPOUT_STATE) ? new float[queryLength * RowAttention.TILE] : null;
    }

    private float[][] all(Function<RowPanel, float[][]> rows) {
        return Arrays.stream(panels).map(rows).flatMap(Arrays::stream).toArray(float[][]::new);
    }

    /** {@link RowPanel#scores} of all panels for the keys that are shown. */
    void score(int count) {
        int row = 0;
        for (; row + 2 <= queries.length; row += 2) {
            float[] query = queries[row];
            kernels.dotsOfTwo(
                    query,
                    queries[row + 1],
                    keys.array,
                    keys.at,
                    keys.stride,
                    count,
                    query.length,
                    scores[row],
                    scores[row + 1]);
        }
        if (row < queries.length) {
            float[] query = queries[row];
            kernels.dots(query, 0, keys.array, keys.at, keys.stride, count, query.length, scores[row], 0);
        }
    }

    /** {@link RowPanel#accumulate} of all panels for the values that are shown. */
    void accumulate(int count) {
        int row = 0;
        for (; row + 2 <= outs.length; row += 2) {
            kernels.addRowsToTwo(
                    scores[row],
                    scores[row + 1],
                    values.array,
                    values.at,
                    values.stride,
                    count,
                    outs[row],
                    outs[row + 1]);
        }
        if (row < outs.length) {
            kernels.addRows(scores[row], values.array, values.at, values.stride, count, outs[row]);
        }
    }

    /** Lets go of the caller's arrays. */
    void release() {
        keys.release();
        values.release();
    }
}
