package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;

/** What one thread needs to compute one share of {@link RowAttention} after the other; kept for the next call. */
final class RowSpace {
    /** Of each head that reads the same keys. */
    final RowPanel[] panels;

    final MaskRows[] seen;
    final Totals totals;
    final TileRows keys;
    final TileRows values;

    /** A row of query or out. */
    final float[] row;

    final float[] lse;

    /** What dropout multiplies weights by; null without. */
    final float[] factors;

    RowSpace(AttentionSpec spec, MicroKernels kernels) {
        int queries = spec.queryLength();
        panels = new RowPanel[spec.groupSize()];
        seen = new MaskRows[panels.length];
        for (int i = 0; i < panels.length; i++) {
            panels[i] = new RowPanel(kernels, queries, RowAttention.TILE, spec.headDim(), spec.valueDim());
            seen[i] = new MaskRows(queries, queries);
        }
        totals = new Totals(queries, spec.valueDim());
        keys = new TileRows(kernels, RowAttention.TILE, spec.headDim());
        values = new TileRows(kernels, RowAttention.TILE, spec.valueDim());
        row = new float[Math.max(spec.headDim(), spec.valueDim())];
        lse = new float[queries];
        factors = spec.has(Operand.DROPOUT_STATE) ? new float[queries * RowAttention.TILE] : null;
    }

    /** Lets go of the caller's arrays. */
    void release() {
        keys.release();
        values.release();
    }
}
