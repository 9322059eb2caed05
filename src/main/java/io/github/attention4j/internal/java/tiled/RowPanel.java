package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.ScoreChange;
import io.github.attention4j.internal.java.steps.Softmax;
import java.util.Arrays;

/**
 * A panel of few queries, with elements and keys along the lanes: rows of keys and values are read once each, as they
 * lie, and nothing is turned. Its scores have a row a query and a key a lane.
 */
final class RowPanel extends Panel {
    private final MicroKernels kernels;
    final float[][] query;
    final float[][] scores;
    final float[][] out;
    private final float[] max;
    private final float[] sum;
    private final float[] factor;
    private final float[] whole;
    private final float[] wholeRow;

    /** @param tile the most keys that are treated at once, a multiple of 4 */
    RowPanel(MicroKernels kernels, int rows, int tile, int headDim, int valueDim) {
        super(valueDim);
        this.kernels = kernels;
        query = new float[rows][headDim];
        scores = new float[rows][tile];
        out = new float[rows][valueDim];
        max = new float[rows];
        sum = new float[rows];
        factor = new float[rows];
        whole = new float[rows];
        wholeRow = new float[tile];
    }

    @Override
    public void start(float sink) {
        restart();
        Arrays.fill(max, sink);
        Arrays.fill(sum, Softmax.start(sink));
    }

    @Override
    protected void restart() {
        for (float[] row : out) {
            Arrays.fill(row, 0);
        }
        Arrays.fill(max, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, 0);
    }

    @Override
    public void load(float[] source, int at, int stride, int rows, float factor) {
        for (int row = 0; row < rows; row++) {
            float[] target = query[row];
            for (int d = 0; d < target.length; d++) {
                target[d] = source[at + row * stride + d] * factor;
            }
        }
    }

    @Override
    public void scores(float[] key, int at, int stride, int keys) {
        for (int row = 0; row < query.length; row++) {
            kernels.dots(query[row], 0, key, at, stride, keys, query[row].length, scores[row], 0);
        }
    }

    @Override
    public void additiveScores(float[] vector, float[] key, int at, int stride, int keys) {
        throw new IllegalStateException("additive scores have panels with a query a lane");
    }

    @Override
    public void cap(int rows, float cap) {
        PlainScore.cap(scores, rows, cap, wholeRow);
    }

    @Override
    public void change(int rows, ScoreChange change) {
        for (int row = 0; row < rows; row++) {
            change.apply(scores[row], 0, row, 1);
        }
    }

    @Override
    public void addAlibi(int rows, float slope, int distance) {
        PlainScore.addAlibi(scores, rows, slope, distance);
    }

    @Override
    public void addTerms(float[] terms, int lanes, int rows) {
        PlainScore.addTerms(scores, terms, lanes, rows);
    }

    @Override
    public void hide(int row, int from, int to) {
        Arrays.fill(scores[row], from, to, Float.NEGATIVE_INFINITY);
    }

    @Override
    public void softmax(int keys) {
        boolean grown = false;
        for (int row = 0; row < max.length; row++) {
            Arrays.fill(scores[row], keys, scores[row].length, Float.NEGATIVE_INFINITY);
            float before = max[row];
            max[row] = Math.max(before, kernels.largest(scores[row], wholeRow));
            grown |= before != max[row];
            factor[row] = before - shift(row);
        }
        if (grown) {
            Exp.ofRow(factor, whole, Exp.LOWEST, Exp.ROUND);
            rescale();
        }
        for (int row = 0; row < max.length; row++) {
            sum[row] += kernels.weigh(scores[row], shift(row), wholeRow);
        }
    }

    /** Where nothing was seen yet, 0: −∞ minus −∞ would be NaN. */
    private float shift(int row) {
        return max[row] == Float.NEGATIVE_INFINITY ? 0 : max[row];
    }

    private void rescale() {
        for (int row = 0; row < out.length; row++) {
            float past = factor[row];
            if (past != 1) {
                sum[row] *= past;
                float[] sums = out[row];
                for (int d = 0; d < sums.length; d++) {
                    sums[d] *= past;
                }
            }
        }
    }

    @Override
    public void drop(float[] factors, int keys) {
        PlainScore.multiply(scores, factors, scores.length);
    }

    @Override
    public void accumulate(float[] value, int at, int stride, int keys) {
        for (int row = 0; row < out.length; row++) {
            kernels.addRows(scores[row], value, at, stride, keys, out[row]);
        }
    }

    @Override
    public void accumulateOne(float[] value, int at, int key, int row) {
        for (int d = 0; d < out[row].length; d++) {
            out[row][d] += value[at + d] * scores[row][key];
        }
    }

    /** Writes what is known about a row: its maximum, its sum, its sums of weights times values. */
    void keep(int row, float[] target, int to) {
        target[to] = max[row];
        target[to + 1] = sum[row];
        System.arraycopy(out[row], 0, target, to + 2, out[row].length);
    }

    @Override
    protected void outputs(int row, float[] target, int to) {
        System.arraycopy(out[row], 0, target, to, valueDim);
    }

    @Override
    protected float max(int row) {
        return max[row];
    }

    @Override
    protected float sum(int row) {
        return sum[row];
    }
}
