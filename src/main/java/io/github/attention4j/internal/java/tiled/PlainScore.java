package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Scores;
import io.github.attention4j.internal.java.steps.Tanh;
import java.util.Arrays;

/** What {@link Scores} promises, in plain Java, for scores that have an array a row. */
final class PlainScore {
    private PlainScore() {}

    /** @param whole as long as a row, for what is between */
    static void cap(float[][] scores, int rows, float cap, float[] whole) {
        for (int j = 0; j < rows; j++) {
            Tanh.capRow(scores[j], whole, cap);
        }
    }

    static void addAlibi(float[][] scores, int rows, float slope, int distance) {
        for (int j = 0; j < rows; j++) {
            float first = (float) distance - j;
            float[] row = scores[j];
            for (int lane = 0; lane < row.length; lane++) {
                row[lane] -= slope * Math.abs(first + lane);
            }
        }
    }

    static void addTerms(float[][] scores, float[] terms, int lanes, int rows) {
        for (int j = 0; j < rows; j++) {
            float[] row = scores[j];
            for (int lane = 0; lane < row.length; lane++) {
                float added = terms[lanes == 0 ? j : j * lanes + lane];
                row[lane] = added == Float.NEGATIVE_INFINITY ? added : row[lane] + added;
            }
        }
    }

    /**
     * Scores {@code Σ_d vector[d] · tanh(x[d] + a[at + row * stride + d])}.
     *
     * @param sum as long as a row, for what is between; {@code whole} likewise
     */
    static void additive(
            float[][] scores,
            int rows,
            float[][] x,
            float[] vector,
            float[] a,
            int at,
            int stride,
            float[] sum,
            float[] whole) {
        for (int j = 0; j < rows; j++) {
            Arrays.fill(scores[j], 0);
            for (int d = 0; d < x.length; d++) {
                tanh(x[d], a[at + j * stride + d], sum, whole);
                PlainTile.addOne(scores[j], sum, vector[d]);
            }
        }
    }

    /** tanh of each element plus another number. */
    static void tanh(float[] x, float other, float[] tanh, float[] whole) {
        for (int lane = 0; lane < tanh.length; lane++) {
            tanh[lane] = x[lane] + other;
        }
        Tanh.capRow(tanh, whole, 1);
    }

    /** Multiplies the rows by factors that lie side by side. */
    static void multiply(float[][] tile, float[] factors, int rows) {
        for (int j = 0; j < rows; j++) {
            float[] row = tile[j];
            int from = j * row.length;
            for (int lane = 0; lane < row.length; lane++) {
                row[lane] *= factors[from + lane];
            }
        }
    }
}
