package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.steps.ScoreChange;
import io.github.attention4j.internal.java.steps.Softmax;
import io.github.attention4j.internal.java.tiled.Panel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A panel of two vectors of queries. Arrays are [row][lane] with the lanes of a row side by side. */
final class VectorPanel extends Panel {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int VECTOR = SPECIES.length();
    static final int LANES = 2 * VECTOR;

    private final int headDim;
    private final float[] query;
    private final float[] scores;
    private final float[] out;
    private final float[] max = new float[LANES];
    private final float[] sum = new float[LANES];
    private final float[] before = new float[LANES];
    private final float[] added = new float[LANES];
    private final float[] factor = new float[LANES];
    private final Transpose transpose = new Transpose();

    VectorPanel(int headDim, int valueDim, float[] scores) {
        super(valueDim);
        this.headDim = headDim;
        this.scores = scores;
        query = new float[headDim * LANES];
        out = new float[valueDim * LANES];
    }

    @Override
    public void start(float sink) {
        Arrays.fill(query, 0);
        restart();
        Arrays.fill(max, sink);
        Arrays.fill(sum, Softmax.start(sink));
    }

    @Override
    protected void restart() {
        Arrays.fill(out, 0);
        Arrays.fill(max, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, 0);
    }

    @Override
    public void load(float[] source, int at, int stride, int rows, float factor) {
        transpose.turn(source, at, stride, rows, headDim, query, 0, LANES);
        for (int i = 0; i < query.length; i++) {
            query[i] *= factor;
        }
    }

    @Override
    public void scores(float[] key, int at, int stride, int keys) {
        ScoreTile.multiplyAll(key, at, stride, keys, query, headDim, scores);
    }

    @Override
    public void cap(int keys, float cap) {
        VectorScore.cap(scores, keys, cap);
    }

    @Override
    public void change(int keys, ScoreChange change) {
        change.apply(scores, 0, 0, keys);
    }

    @Override
    public void addAlibi(int keys, float slope, int distance) {
        VectorScore.addAlibi(scores, keys, slope, distance);
    }

    @Override
    public void addTerms(float[] terms, int lanes, int keys) {
        VectorScore.addTerms(scores, terms, lanes, keys);
    }

    @Override
    public void hide(int lane, int from, int to) {
        for (int j = from; j < to; j++) {
            scores[j * LANES + lane] = Float.NEGATIVE_INFINITY;
        }
    }

    @Override
    public void softmax(int keys) {
        VectorSoftmax.raise(scores, keys, max, before);
        for (int lane = 0; lane < LANES; lane += VECTOR) {
            VectorSoftmax.weigh(scores, lane, keys, max, added);
        }
        VectorSoftmax.add(max, sum, before, added, factor);
        for (int lane = 0; lane < LANES; lane += VECTOR) {
            VectorSoftmax.rescale(out, lane, valueDim, factor);
        }
    }

    @Override
    public void additiveScores(float[] vector, float[] key, int at, int stride, int keys) {
        AdditiveTile.scores(vector, key, at, stride, keys, query, scores);
    }

    @Override
    public void drop(float[] factors, int keys) {
        VectorScore.multiply(scores, factors, keys);
    }

    @Override
    public void accumulate(float[] value, int at, int stride, int keys) {
        ValueTile.multiplyAll(value, at, stride, scores, keys, out, valueDim);
    }

    @Override
    public void accumulateOne(float[] value, int at, int key, int lane) {
        for (int d = 0; d < valueDim; d++) {
            out[d * LANES + lane] += value[at + d] * scores[key * LANES + lane];
        }
    }

    @Override
    public void store(float[] target, int at, int stride, int rows) {
        VectorMeans.divide(out, valueDim, sum);
        transpose.turn(out, 0, LANES, valueDim, rows, target, at, stride);
        for (int lane = 0; lane < rows; lane++) {
            if (sum[lane] == 0) {
                Arrays.fill(target, at + lane * stride, at + lane * stride + valueDim, 0);
            }
        }
    }

    @Override
    protected void outputs(int lane, float[] target, int to) {
        for (int d = 0; d < valueDim; d++) {
            target[to + d] = out[d * LANES + lane];
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
