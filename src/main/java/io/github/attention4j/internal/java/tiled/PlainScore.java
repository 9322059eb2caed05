package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Scores;
import io.github.attention4j.internal.java.steps.Tanh;

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
}
