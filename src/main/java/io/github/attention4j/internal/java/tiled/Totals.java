package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Softmax;
import java.util.Arrays;

/**
 * What a panel's queries know about the keys before the last few thousand, in double precision: one float sum over all
 * keys of a long row would lose digits, and from 2^24 like weights on it stops growing. For one thread.
 */
final class Totals {
    /**
     * Keys after which a panel's sums move here. At the very worst, where all terms are alike, so many in a row are off
     * by 0.02 %.
     */
    static final int KEYS = 8192;

    private final int columns;
    private final double[] max;
    private final double[] sum;
    private final double[] out;
    private final float[] row;

    Totals(int lanes, int columns) {
        this.columns = columns;
        max = new double[lanes];
        sum = new double[lanes];
        out = new double[lanes * columns];
        row = new float[columns];
    }

    /** Forgets what was added. */
    void clear() {
        Arrays.fill(max, Double.NEGATIVE_INFINITY);
        Arrays.fill(sum, 0);
        Arrays.fill(out, 0);
    }

    /** Adds what a panel has summed since it was last told to begin anew, which it is now. */
    void take(Panel panel) {
        for (int lane = 0; lane < max.length; lane++) {
            if (panel.sum(lane) != 0) {
                panel.outputs(lane, row, 0);
                add(lane, panel.max(lane), panel.sum(lane), row, 0);
            }
        }
        panel.restart();
    }

    /** Adds, to what one query knows, what is known about other keys. */
    void add(int lane, float maxAdded, float sumAdded, float[] outAdded, int from) {
        if (sumAdded == 0) { // it saw no key
            return;
        }
        double largest = Math.max(max[lane], maxAdded);
        double before = sum[lane] == 0 ? 0 : Math.exp(max[lane] - largest);
        double now = Math.exp(maxAdded - largest);
        for (int d = 0, to = lane * columns; d < columns; d++, to++) {
            out[to] = (before == 0 ? 0 : out[to] * before) + outAdded[from + d] * now;
        }
        sum[lane] = sum[lane] * before + sumAdded * now;
        max[lane] = largest;
    }

    /** Writes a query's output; zero if it saw no key. */
    void store(int lane, float[] target, int to) {
        for (int d = 0; d < columns; d++) {
            double mean = sum[lane] == 0 ? 0 : out[lane * columns + d] / sum[lane];
            float limited = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, mean)); // NaN stays
            target[to + d] = Double.isInfinite(mean) ? (float) mean : limited;
        }
    }

    /** A query's log-sum-exp; −∞ if it saw no key and has no sink. */
    float lse(int lane) {
        return Softmax.lse(max[lane], sum[lane]);
    }
}
