package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.steps.ScoreChange;
import io.github.attention4j.internal.java.tiled.GradientPanel;
import java.util.Arrays;

/**
 * A panel of two vectors of keys. Arrays are [row][lane] with the lanes of a row side by side, so that all five
 * products are those of {@link ScoreTile} and {@link ValueTile}.
 */
final class VectorGradientPanel extends GradientPanel {
    private final int headDim;
    private final int valueDim;
    private final float[] keys;
    private final float[] values;
    private final float[] gradKeys;
    private final float[] gradValues;

    /** The keys as they are, as many columns side by side as a panel has lanes: [columns / lanes][key][lanes]. */
    private final float[][] keyColumns;

    private final Tiles tiles;

    /** For additive scores only. */
    private float[] tanh;

    /** What is between scores and gradients; panels that are worked on in turn share it. */
    static final class Tiles {
        final float[] weights;
        final float[] grads;
        final float[] slopes;
        final float[] few = new float[ScoreTile.KEYS * LANES];
        boolean hasSlopes;

        Tiles(int rows) {
            weights = new float[rows * LANES];
            grads = new float[rows * LANES];
            slopes = new float[rows * LANES];
        }
    }

    VectorGradientPanel(int headDim, int valueDim, Tiles tiles) {
        this.headDim = headDim;
        this.valueDim = valueDim;
        this.tiles = tiles;
        keys = new float[headDim * LANES];
        values = new float[valueDim * LANES];
        gradKeys = new float[headDim * LANES];
        gradValues = new float[valueDim * LANES];
        keyColumns = new float[(headDim + LANES - 1) / LANES][LANES * LANES];
    }

    @Override
    public void start() {
        for (float[] array : new float[][] {keys, values, gradKeys, gradValues}) {
            Arrays.fill(array, 0);
        }
        for (float[] columns : keyColumns) {
            Arrays.fill(columns, 0);
        }
    }

    @Override
    public void load(int lane, float[] key, float factor, float[] value) {
        for (int d = 0; d < headDim; d++) {
            keys[d * LANES + lane] = key[d] * factor;
        }
        for (int d = 0; d < valueDim; d++) {
            values[d * LANES + lane] = value[d];
        }
    }

    @Override
    public void loadRow(int lane, float[] key) {
        for (int i = 0; i < keyColumns.length; i++) {
            System.arraycopy(key, i * LANES, keyColumns[i], lane * LANES, Math.min(LANES, headDim - i * LANES));
        }
    }

    @Override
    public void scores(float[] query, int at, int stride, int rows) {
        tiles.hasSlopes = false;
        ScoreTile.multiplyAll(query, at, stride, rows, keys, headDim, tiles.weights);
    }

    @Override
    public void additiveScores(float[] vector, float[] query, int at, int stride, int rows) {
        tiles.hasSlopes = false;
        AdditiveTile.scores(vector, query, at, stride, rows, keys, tiles.weights);
    }

    @Override
    public void cap(int rows, float cap) {
        tiles.hasSlopes = true;
        VectorScore.cap(tiles.weights, rows, cap);
        VectorGradients.slopes(tiles.weights, rows, cap, tiles.slopes);
    }

    @Override
    public void change(int rows, ScoreChange change) {
        if (!tiles.hasSlopes) {
            Arrays.fill(tiles.slopes, 0, rows * LANES, 1);
        }
        tiles.hasSlopes = true;
        change.multiplySlopes(tiles.weights, tiles.slopes, 0, 0, rows);
        change.apply(tiles.weights, 0, 0, rows);
    }

    @Override
    public void hidePairs(int rows, ScoreChange change) {
        change.apply(tiles.weights, 0, 0, rows);
    }

    @Override
    public void addAlibi(int rows, float slope, int distance) {
        VectorScore.addAlibi(tiles.weights, rows, slope, distance);
    }

    @Override
    public void addTerms(float[] terms, int lanes, int rows) {
        VectorScore.addTerms(tiles.weights, terms, lanes, rows);
    }

    @Override
    public void hide(int query, int from, int to) {
        Arrays.fill(tiles.weights, query * LANES + from, query * LANES + to, Float.NEGATIVE_INFINITY);
    }

    @Override
    public void gradWeights(float[] gradOut, int at, int stride, int rows) {
        ScoreTile.multiplyAll(gradOut, at, stride, rows, values, valueDim, tiles.grads);
    }

    @Override
    public void dropGrads(float[] factors, int rows) {
        VectorScore.multiply(tiles.grads, factors, rows);
    }

    @Override
    public void dropWeights(float[] factors, int rows) {
        VectorScore.multiply(tiles.weights, factors, rows);
    }

    @Override
    public void gradScores(float[] lse, float[] delta, int at, int rows, boolean isMasked) {
        VectorGradients.gradScores(tiles.grads, tiles.weights, lse, delta, at, rows);
    }

    @Override
    public void gradScores(int row, float[] target) {
        System.arraycopy(tiles.grads, row * LANES, target, 0, LANES);
    }

    @Override
    public void gradDots(int rows, boolean isMasked) {
        if (tiles.hasSlopes) {
            VectorScore.multiply(tiles.grads, tiles.slopes, rows);
        }
        if (tiles.hasSlopes && isMasked) {
            VectorGradients.forgetHidden(tiles.grads, tiles.weights, rows); // their slope may be NaN
        }
    }

    @Override
    public void accumulateValues(float[] gradOut, int at, int stride, int rows) {
        ValueTile.multiplyAll(gradOut, at, stride, tiles.weights, rows, gradValues, valueDim);
    }

    @Override
    public void accumulateKeys(float[] query, int at, int stride, int rows) {
        ValueTile.multiplyAll(query, at, stride, tiles.grads, rows, gradKeys, headDim);
    }

    @Override
    public void accumulateQueries(float[] gradQuery, int at, int stride, int rows, int keys) {
        for (int i = 0; i < keyColumns.length; i++) {
            int columns = Math.min(LANES, headDim - i * LANES);
            for (int row = 0; row < rows; row += ScoreTile.KEYS) {
                int few = Math.min(ScoreTile.KEYS, rows - row);
                ScoreTile.multiplyAll(tiles.grads, row * LANES, LANES, few, keyColumns[i], keys, tiles.few);
                VectorGradients.addRows(tiles.few, few, gradQuery, at + row * stride + i * LANES, stride, columns);
            }
        }
    }

    @Override
    public void accumulateAdditive(
            float[] vector,
            float[] query,
            int at,
            int stride,
            int rows,
            float[] gradQuery,
            int to,
            float[] gradVector) {
        tanh = tanh == null ? new float[headDim * VECTOR] : tanh;
        AdditiveTile.gradients(
                vector,
                query,
                at,
                stride,
                rows,
                keys,
                tiles.grads,
                tiles.weights,
                gradKeys,
                gradQuery,
                to,
                headDim,
                gradVector,
                tanh);
    }

    @Override
    public void accumulateValuesSeen(float[] gradOut, int at, int row) {
        accumulateSeen(gradValues, valueDim, tiles.weights, gradOut, at, row);
    }

    @Override
    public void accumulateKeysSeen(float[] query, int at, int row) {
        accumulateSeen(gradKeys, headDim, tiles.grads, query, at, row);
    }

    private void accumulateSeen(float[] to, int columns, float[] factors, float[] source, int at, int row) {
        for (int lane = 0; lane < LANES; lane++) {
            for (int d = 0; d < columns && !isHidden(tiles.weights[row * LANES + lane]); d++) {
                to[d * LANES + lane] += source[at + d] * factors[row * LANES + lane];
            }
        }
    }

    @Override
    public void accumulateQueriesSeeing(int lane, float[] key, float[] gradQuery, int at, int stride, int rows) {
        for (int row = 0; row < rows; row++) {
            for (int d = 0; d < headDim && !isHidden(tiles.weights[row * LANES + lane]); d++) {
                gradQuery[at + row * stride + d] += tiles.grads[row * LANES + lane] * key[d];
            }
        }
    }

    @Override
    public void gradKey(int lane, double[] target) {
        column(gradKeys, lane, headDim, target);
    }

    @Override
    public void gradValue(int lane, double[] target) {
        column(gradValues, lane, valueDim, target);
    }

    private static void column(float[] rows, int lane, int columns, double[] target) {
        for (int d = 0; d < columns; d++) {
            target[d] = rows[d * LANES + lane];
        }
    }
}
