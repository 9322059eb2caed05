package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.ScoreChange;
import java.util.Arrays;

/** A panel of keys in plain Java, with arrays as in {@link PlainPanel}. */
final class PlainGradientPanel extends GradientPanel {
    private final PlainTile tile = new PlainTile();
    private final float[][] keys;
    private final float[][] values;
    private final float[][] gradKeys;
    private final float[][] gradValues;

    /** The keys as they are, a row each. */
    private final float[][] keyRows;

    private final Tiles tiles;

    /** What is between scores and gradients; panels that are worked on in turn share it. */
    static final class Tiles {
        final float[][] weights;
        final float[][] grads;
        final float[][] slopes;
        final float[][] gradQueries;
        final float[] flat;
        final float[] whole;
        final float[] tanh;
        final float[] scores;
        boolean hasSlopes;

        Tiles(int rows, int lanes, int headDim) {
            weights = new float[rows][lanes];
            grads = new float[rows][lanes];
            slopes = new float[rows][lanes];
            gradQueries = new float[rows][headDim];
            flat = new float[rows * lanes];
            whole = new float[lanes];
            tanh = new float[lanes];
            scores = new float[lanes];
        }
    }

    PlainGradientPanel(int lanes, int headDim, int valueDim, Tiles tiles) {
        this.tiles = tiles;
        keys = new float[headDim][lanes];
        values = new float[valueDim][lanes];
        gradKeys = new float[headDim][lanes];
        gradValues = new float[valueDim][lanes];
        keyRows = new float[lanes][headDim];
    }

    @Override
    public void start() {
        for (float[][] rows : new float[][][] {keys, values, gradKeys, gradValues, keyRows}) {
            for (float[] row : rows) {
                Arrays.fill(row, 0);
            }
        }
    }

    @Override
    public void load(int lane, float[] key, float factor, float[] value) {
        for (int d = 0; d < keys.length; d++) {
            keys[d][lane] = key[d] * factor;
        }
        for (int d = 0; d < values.length; d++) {
            values[d][lane] = value[d];
        }
    }

    @Override
    public void loadRow(int lane, float[] key) {
        System.arraycopy(key, 0, keyRows[lane], 0, keys.length);
    }

    @Override
    public void scores(float[] query, int at, int stride, int rows) {
        tiles.hasSlopes = false;
        multiply(tiles.weights, rows, keys, query, at, stride);
    }

    private void multiply(float[][] to, int rows, float[][] x, float[] a, int at, int stride) {
        for (int row = 0; row < rows; row++) {
            Arrays.fill(to[row], 0);
        }
        tile.multiply(to, rows, x, x.length, a, at, stride, 1);
    }

    @Override
    public void additiveScores(float[] vector, float[] query, int at, int stride, int rows) {
        tiles.hasSlopes = false;
        PlainScore.additive(tiles.weights, rows, keys, vector, query, at, stride, tiles.tanh, tiles.whole);
    }

    @Override
    public void cap(int rows, float cap) {
        PlainScore.cap(tiles.weights, rows, cap, tiles.whole);
        tiles.hasSlopes = true;
        for (int row = 0; row < rows; row++) {
            slope(tiles.weights[row], 1 / cap, tiles.slopes[row]);
        }
    }

    private static void slope(float[] capped, float share, float[] slope) {
        for (int lane = 0; lane < slope.length; lane++) {
            float tanh = capped[lane] * share;
            slope[lane] = 1 - tanh * tanh;
        }
    }

    @Override
    public void change(int rows, ScoreChange change) {
        for (int row = 0; row < rows; row++) {
            if (!tiles.hasSlopes) {
                Arrays.fill(tiles.slopes[row], 1);
            }
            change.multiplySlopes(tiles.weights[row], tiles.slopes[row], 0, row, 1);
            change.apply(tiles.weights[row], 0, row, 1);
        }
        tiles.hasSlopes = true;
    }

    @Override
    public void hidePairs(int rows, ScoreChange change) {
        for (int row = 0; row < rows; row++) {
            change.apply(tiles.weights[row], 0, row, 1);
        }
    }

    @Override
    public void addAlibi(int rows, float slope, int distance) {
        PlainScore.addAlibi(tiles.weights, rows, slope, distance);
    }

    @Override
    public void addTerms(float[] terms, int lanes, int rows) {
        PlainScore.addTerms(tiles.weights, terms, lanes, rows);
    }

    @Override
    public void hide(int query, int from, int to) {
        Arrays.fill(tiles.weights[query], from, to, Float.NEGATIVE_INFINITY);
    }

    private static void subtract(float[] row, float lse) {
        for (int lane = 0; lane < row.length; lane++) {
            row[lane] = Math.min(row[lane] - lse, Exp.HIGHEST);
        }
    }

    private static void hide(float[] weights, float[] scores) {
        for (int lane = 0; lane < weights.length; lane++) {
            weights[lane] = scores[lane] == Float.NEGATIVE_INFINITY ? HIDDEN_WEIGHT : weights[lane];
        }
    }

    @Override
    public void gradWeights(float[] gradOut, int at, int stride, int rows) {
        multiply(tiles.grads, rows, values, gradOut, at, stride);
    }

    @Override
    public void dropGrads(float[] factors, int rows) {
        PlainScore.multiply(tiles.grads, factors, rows);
    }

    @Override
    public void dropWeights(float[] factors, int rows) {
        PlainScore.multiply(tiles.weights, factors, rows);
    }

    @Override
    public void gradScores(float[] lse, float[] delta, int at, int rows, boolean isMasked) {
        for (int row = 0; row < rows; row++) {
            float[] weights = tiles.weights[row];
            float[] grads = tiles.grads[row];
            System.arraycopy(weights, 0, tiles.scores, 0, weights.length);
            subtract(weights, lse[at + row]);
            Exp.ofRow(weights, tiles.whole, Exp.LOWEST, Exp.ROUND);
            gradScores(grads, weights, delta[at + row]);
            if (isMasked) {
                hide(weights, tiles.scores);
                forget(grads, weights);
            }
        }
    }

    private static void gradScores(float[] grads, float[] weights, float delta) {
        for (int lane = 0; lane < grads.length; lane++) {
            grads[lane] = weights[lane] * (grads[lane] - delta);
        }
    }

    private static void forget(float[] grads, float[] weights) {
        for (int lane = 0; lane < grads.length; lane++) {
            grads[lane] = isHidden(weights[lane]) ? 0 : grads[lane];
        }
    }

    @Override
    public void gradScores(int row, float[] target) {
        System.arraycopy(tiles.grads[row], 0, target, 0, tiles.grads[row].length);
    }

    @Override
    public void gradDots(int rows, boolean isMasked) {
        for (int row = 0; row < rows && tiles.hasSlopes; row++) {
            multiply(tiles.grads[row], tiles.slopes[row]);
            if (isMasked) {
                forget(tiles.grads[row], tiles.weights[row]); // their slope may be NaN
            }
        }
    }

    private static void multiply(float[] row, float[] factors) {
        for (int lane = 0; lane < row.length; lane++) {
            row[lane] *= factors[lane];
        }
    }

    @Override
    public void accumulateValues(float[] gradOut, int at, int stride, int rows) {
        tile.multiply(gradValues, gradValues.length, tiles.weights, rows, gradOut, at, 1, stride);
    }

    @Override
    public void accumulateKeys(float[] query, int at, int stride, int rows) {
        tile.multiply(gradKeys, gradKeys.length, tiles.grads, rows, query, at, 1, stride);
    }

    @Override
    public void accumulateQueries(float[] gradQuery, int at, int stride, int rows, int keys) {
        int lanes = tiles.whole.length;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(tiles.grads[row], 0, tiles.flat, row * lanes, lanes);
            Arrays.fill(tiles.gradQueries[row], 0);
        }
        tile.multiply(tiles.gradQueries, rows, keyRows, keys, tiles.flat, 0, lanes, 1);
        for (int row = 0; row < rows; row++) {
            float[] added = tiles.gradQueries[row];
            for (int d = 0; d < added.length; d++) {
                gradQuery[at + row * stride + d] += added[d];
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
        for (int row = 0; row < rows; row++) {
            for (int d = 0; d < vector.length; d++) {
                PlainScore.tanh(keys[d], query[at + row * stride + d], tiles.tanh, tiles.whole);
                float ofQuery = 0;
                for (int lane = 0; lane < tiles.tanh.length; lane++) {
                    float tanh = tiles.tanh[lane];
                    float grad = tiles.grads[row][lane];
                    if (!isHidden(tiles.weights[row][lane])) {
                        float ofSum = grad * vector[d] * (1 - tanh * tanh);
                        gradKeys[d][lane] += ofSum;
                        ofQuery += ofSum;
                        gradVector[d] += grad * tanh;
                    }
                }
                gradQuery[to + row * vector.length + d] += ofQuery;
            }
        }
    }

    @Override
    public void accumulateValuesSeen(float[] gradOut, int at, int row) {
        accumulateSeen(gradValues, tiles.weights[row], gradOut, at, row);
    }

    @Override
    public void accumulateKeysSeen(float[] query, int at, int row) {
        accumulateSeen(gradKeys, tiles.grads[row], query, at, row);
    }

    private void accumulateSeen(float[][] to, float[] factors, float[] source, int at, int row) {
        for (int lane = 0; lane < factors.length; lane++) {
            for (int d = 0; d < to.length && !isHidden(tiles.weights[row][lane]); d++) {
                to[d][lane] += source[at + d] * factors[lane];
            }
        }
    }

    @Override
    public void accumulateQueriesSeeing(int lane, float[] key, float[] gradQuery, int at, int stride, int rows) {
        for (int row = 0; row < rows; row++) {
            for (int d = 0; d < keys.length && !isHidden(tiles.weights[row][lane]); d++) {
                gradQuery[at + row * stride + d] += tiles.grads[row][lane] * key[d];
            }
        }
    }

    @Override
    public void gradKey(int lane, double[] target) {
        for (int d = 0; d < gradKeys.length; d++) {
            target[d] = gradKeys[d][lane];
        }
    }

    @Override
    public void gradValue(int lane, double[] target) {
        for (int d = 0; d < gradValues.length; d++) {
            target[d] = gradValues[d][lane];
        }
    }
}
