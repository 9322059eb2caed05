package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.ScoreChange;
import io.github.attention4j.internal.java.steps.Softmax;
import java.util.Arrays;

/**
 * A panel in plain Java. Each row of lanes is an array of its own, and every inner loop runs over all lanes with the
 * bare loop variable as index: C2 turns such loops into vectors, but not those over parts of one array, where it cannot
 * tell that rows do not overlap.
 */
final class PlainPanel extends Panel {
    private final PlainTile tile = new PlainTile();
    private final float[][] query;
    private final float[][] scores;
    private final float[][] out;
    private final float[] max;
    private final float[] sum;
    private final float[] shift;
    private final float[] factor;
    private final float[] whole;

    PlainPanel(int lanes, int headDim, int valueDim, float[][] scores) {
        super(valueDim);
        this.scores = scores;
        query = new float[headDim][lanes];
        out = new float[valueDim][lanes];
        max = new float[lanes];
        sum = new float[lanes];
        shift = new float[lanes];
        factor = new float[lanes];
        whole = new float[lanes];
    }

    @Override
    public void start(float sink) {
        for (float[] row : query) {
            Arrays.fill(row, 0);
        }
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
        for (int lane = 0; lane < rows; lane++) {
            for (int d = 0; d < query.length; d++) {
                query[d][lane] = source[at + lane * stride + d] * factor;
            }
        }
    }

    @Override
    public void scores(float[] key, int at, int stride, int keys) {
        for (int j = 0; j < keys; j++) {
            Arrays.fill(scores[j], 0);
        }
        tile.multiply(scores, keys, query, query.length, key, at, stride, 1);
    }

    @Override
    public void additiveScores(float[] vector, float[] key, int at, int stride, int keys) {
        PlainScore.additive(scores, keys, query, vector, key, at, stride, shift, whole);
    }

    @Override
    public void drop(float[] factors, int keys) {
        PlainScore.multiply(scores, factors, keys);
    }

    @Override
    public void accumulate(float[] value, int at, int stride, int keys) {
        tile.multiply(out, out.length, scores, keys, value, at, 1, stride);
    }

    @Override
    public void cap(int keys, float cap) {
        PlainScore.cap(scores, keys, cap, whole);
    }

    @Override
    public void change(int keys, ScoreChange change) {
        for (int j = 0; j < keys; j++) {
            change.apply(scores[j], 0, j, 1);
        }
    }

    @Override
    public void addAlibi(int keys, float slope, int distance) {
        PlainScore.addAlibi(scores, keys, slope, distance);
    }

    @Override
    public void addTerms(float[] terms, int lanes, int keys) {
        PlainScore.addTerms(scores, terms, lanes, keys);
    }

    @Override
    public void hide(int lane, int from, int to) {
        for (int j = from; j < to; j++) {
            scores[j][lane] = Float.NEGATIVE_INFINITY;
        }
    }

    @Override
    public void softmax(int keys) {
        System.arraycopy(max, 0, shift, 0, max.length);
        for (int j = 0; j < keys; j++) {
            raise(max, scores[j]);
        }
        boolean grown = false;
        for (int lane = 0; lane < max.length; lane++) {
            float before = shift[lane];
            grown |= before != max[lane];
            // Where nothing was seen yet, subtract 0: -inf minus -inf would be NaN.
            shift[lane] = max[lane] == Float.NEGATIVE_INFINITY ? 0 : max[lane];
            factor[lane] = before - shift[lane];
        }
        if (grown) {
            Exp.ofRow(factor, whole, Exp.LOWEST, Exp.ROUND);
            scale(sum, factor);
            for (float[] row : out) {
                scale(row, factor);
            }
        }
        for (int j = 0; j < keys; j++) {
            Softmax.weigh(scores[j], shift, sum, whole);
        }
    }

    private static void raise(float[] max, float[] score) {
        for (int i = 0; i < max.length; i++) {
            max[i] = Math.max(max[i], score[i]);
        }
    }

    private static void scale(float[] row, float[] factor) {
        for (int i = 0; i < row.length; i++) {
            row[i] *= factor[i];
        }
    }

    @Override
    public void accumulateOne(float[] value, int at, int key, int lane) {
        for (int d = 0; d < out.length; d++) {
            out[d][lane] += value[at + d] * scores[key][lane];
        }
    }

    @Override
    protected void outputs(int lane, float[] target, int to) {
        for (int d = 0; d < out.length; d++) {
            target[to + d] = out[d][lane];
        }
    }

    @Override
    protected float max(int lane) {
        return max[lane];
    }

    @Override
    protected float sum(int lane) {
        return sum[lane];
    }
}
