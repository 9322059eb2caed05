package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.steps.StepLoops;

/** What one thread needs to compute one work item of {@link TiledAttention} after the other; kept for the next call. */
final class TileSpace {
    final Panel[] panels;
    final TileRows queries;
    final TileRows keys;
    final TileRows values;
    final MaskRows seen;
    final StepLoops steps;

    final float[] lse;

    private final int tileKv;
    private final int lanes;
    private final int columns;
    private float[] factors; // only dropout wants them
    private float[] outputs; // only outputs that are not an array of floats want them
    private Totals[] totals; // only long rows want them

    /** Nobody reads it; what is written nowhere would not be read at all. */
    private int fetched;

    TileSpace(AttentionSpec spec, MicroKernels kernels, int tileQ, int lanes) {
        panels = kernels.newPanels(tileQ / lanes, lanes, spec.headDim(), spec.valueDim());
        queries = new TileRows(kernels, tileQ, spec.headDim());
        keys = new TileRows(kernels, kernels.tileKv(), spec.headDim());
        values = new TileRows(kernels, kernels.tileKv(), spec.valueDim());
        seen = new MaskRows(tileQ, lanes);
        steps = kernels.steps();
        lse = new float[tileQ];
        this.lanes = lanes;
        tileKv = kernels.tileKv();
        columns = spec.valueDim();
    }

    /** Has the rows fetched that are shown; a batch whose keys come from memory waits an eighth less (Zen 5). */
    void fetch() {
        fetched += keys.fetch() + values.fetch();
    }

    /** What dropout multiplies the weights of a panel and a tile of keys by, [key][lane]. */
    float[] factors() {
        factors = factors == null ? new float[tileKv * lanes] : factors;
        return factors;
    }

    /** A panel's outputs. */
    float[] outputs() {
        outputs = outputs == null ? new float[lanes * columns] : outputs;
        return outputs;
    }

    /** Of each panel, none of its keys summed yet. */
    void clearTotals() {
        if (totals == null) {
            totals = new Totals[panels.length];
            for (int panel = 0; panel < totals.length; panel++) {
                totals[panel] = new Totals(lanes, columns);
            }
        }
        for (Totals of : totals) {
            of.clear();
        }
    }

    Totals totals(int panel) {
        return totals[panel];
    }

    /** Lets go of the caller's arrays. */
    void release() {
        queries.release();
        keys.release();
        values.release();
    }
}
