package io.github.attention4j.internal.java.steps;

/** What makes other scores of some rows of a tile's; a row a query or a row a key, as {@link Scores} has them. */
public interface ScoreChange {
    /** Changes the scores of neighbouring rows, which lie behind one another from {@code at} on, in place. */
    void apply(float[] scores, int at, int firstRow, int rows);

    /** Multiplies slopes that lie as the scores do, which are not changed yet, by the derivatives of the change. */
    void multiplySlopes(float[] scores, float[] slopes, int at, int firstRow, int rows);
}
