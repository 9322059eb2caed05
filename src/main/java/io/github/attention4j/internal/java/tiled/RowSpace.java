package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.memory.Rows;
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
    private final RowProducts products;
    final MicroKernels kernels;
    final Totals totals;
    /** The queries of a head, on their way into its panel. */
    final TileRows shown;

    final TileRows keys;
    final TileRows values;

    /** The order that sums of values have. */
    final Halves halvesOfValues;

    /** A row of out. */
    final float[] row;

    final float[] lse;

    /** What dropout multiplies weights by; null without. */
    final float[] factors;

    /** Nobody reads it; what is written nowhere would not be read at all. */
    private int fetched;

    RowSpace(AttentionSpec spec, MicroKernels kernels) {
        this.kernels = kernels;
        int queryLength = spec.queryLength();
        panels = new RowPanel[spec.groupSize()];
        seen = new MaskRows[panels.length];
        for (int i = 0; i < panels.length; i++) {
            panels[i] = new RowPanel(kernels, queryLength, RowAttention.TILE, spec.headDim(), spec.valueDim());
            seen[i] = new MaskRows(queryLength, queryLength);
        }
        queries = all(panel -> panel.query);
        scores = all(panel -> panel.scores);
        outs = all(panel -> panel.out);
        products = kernels.newRowProducts(queries.length, spec.headDim(), RowAttention.TILE);
        totals = new Totals(queryLength, spec.valueDim());
        // Rotary turns neighbours.
        int unitOfKeys = spec.rotary() == null ? unitOfHalves(spec, Operand.KEY, spec.headDim()) : 0;
        int unitOfValues = unitOfHalves(spec, Operand.VALUE, spec.valueDim());
        shown = new TileRows(kernels, queryLength, spec.headDim(), unitOfKeys);
        keys = new TileRows(kernels, RowAttention.TILE, spec.headDim(), unitOfKeys);
        values = new TileRows(kernels, RowAttention.TILE, spec.valueDim(), unitOfValues);
        halvesOfValues = new Halves(unitOfValues);
        row = new float[spec.valueDim()];
        lse = new float[queryLength];
        factors = spec.has(Operand.DROPOUT_STATE) ? new float[queryLength * RowAttention.TILE] : null;
    }

    private int unitOfHalves(AttentionSpec spec, Operand operand, int columns) {
        return kernels.unitOfHalves(Codec.of(spec.operand(operand).dtype()), columns);
    }

    private float[][] all(Function<RowPanel, float[][]> rows) {
        return Arrays.stream(panels).map(rows).flatMap(Arrays::stream).toArray(float[][]::new);
    }

    /** To be called when the queries of all panels are loaded. */
    void loaded() {
        products.load(queries);
    }

    void showKeys(Rows source, int batch, int head, int row, int count) {
        keys.showStored(source, batch, head, row, count, products.takesKeys(source.codec));
    }

    void showValues(Rows source, int batch, int head, int row, int count) {
        values.showStored(source, batch, head, row, count, products.takesValues(source.codec, values.columns));
    }

    /** Has the rows fetched that are shown. */
    void fetch() {
        fetched += keys.fetch() + values.fetch();
    }

    /** {@link RowPanel#scores} of all panels for the keys that are shown. */
    void score(int count) {
        products.score(keys.stored, count, scores);
    }

    /** {@link RowPanel#accumulate} of all panels for the values that are shown. */
    void accumulate(int count) {
        products.accumulate(scores, values.stored, count, outs);
    }

    /** Lets go of the caller's arrays. */
    void release() {
        shown.release();
        keys.release();
        values.release();
    }
}
