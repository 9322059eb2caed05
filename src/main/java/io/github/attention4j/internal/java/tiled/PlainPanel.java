package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Softmax;
import io.github.attention4j.internal.java.steps.Tanh;
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
    public void load(int lane, float[] source, float factor) {
        for (int d = 0; d < query.length; d++) {
            query[d][lane] = source[d] * factor;
        }
    }

    @Override
    public void scores(float[] key, int at, int stride, int keys) {
        for (int j = 0; j < keys; j++) {
            Arrays.fill(scores[j], 0);
        }
        int j = 0;
        for (; j + 2 <= keys; j += 2) {
            int key0 = at + j * stride;
            int key1 = key0 + stride;
            int d = 0;
            for (; d + 4 <= query.length; d += 4) {
                tile.addFour(scores[j], scores[j + 1], query, d, key, key0 + d, key1 + d, 1);
            }
            for (; d < query.length; d++) {
                PlainTile.addOne(scores[j], query[d], key[key0 + d]);
                PlainTile.addOne(scores[j + 1], query[d], key[key1 + d]);
            }
        }
        if (j < keys) {
            for (int d = 0; d < query.length; d++) {
                PlainTile.addOne(scores[j], query[d], key[at + j * stride + d]);
            }
        }
    }

    @Override
    public void accumulate(float[] value, int at, int stride, int keys) {
        int d = 0;
        for (; d + 2 <= out.length; d += 2) {
            int j = 0;
            for (; j + 4 <= keys; j += 4) {
                int from = at + j * stride + d;
                tile.addFour(out[d], out[d + 1], scores, j, value, from, from + 1, stride);
            }
            for (; j < keys; j++) {
                PlainTile.addOne(out[d], scores[j], value[at + j * stride + d]);
                PlainTile.addOne(out[d + 1], scores[j], value[at + j * stride + d + 1]);
            }
        }
        if (d < out.length) {
            for (int j = 0; j < keys; j++) {
                PlainTile.addOne(out[d], scores[j], value[at + j * stride + d]);
            }
        }
    }

    @Override
    public void cap(int keys, float cap) {
        for (int j = 0; j < keys; j++) {
            Tanh.capRow(scores[j], whole, cap);
        }
    }

    @Override
    public void addAlibi(int keys, float slope, int distance) {
        for (int j = 0; j < keys; j++) {
            float first = (float) distance - j;
            float[] row = scores[j];
            for (int lane = 0; lane < row.length; lane++) {
                row[lane] -= slope * Math.abs(first + lane);
            }
        }
    }

    @Override
    public void addTerms(float[] terms, int lanes, int keys) {
        for (int j = 0; j < keys; j++) {
            float[] row = scores[j];
            for (int lane = 0; lane < row.length; lane++) {
                float added = terms[lanes == 0 ? j : j * lanes + lane];
                row[lane] = added == Float.NEGATIVE_INFINITY ? added : row[lane] + added;
            }
        }
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
    public boolean finite(float[] value, int at, int count) {
        float zero0 = 0; // times 0, everything but NaN and infinity is 0
        float zero1 = 0; // two sums, as one would wait for itself
        for (int i = 0; i + 1 < count; i += 2) {
            zero0 += value[at + i] * 0;
            zero1 += value[at + i + 1] * 0;
        }
        return zero0 + zero1 + value[at + count - 1] * 0 == 0;
    }

    @Override
    protected void outputs(int lane, float[] target) {
        for (int d = 0; d < out.length; d++) {
            target[d] = out[d][lane];
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
