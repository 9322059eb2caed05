package io.github.attention4j.internal.java.steps;

/**
 * The scores of a tile, some queries times some keys, as {@link Score} treats them: all at once. Forward calls have a
 * row a key and a query a lane, backward calls a row a query and a key a lane.
 */
public interface Scores {
    /** scores = cap · tanh(scores / cap), see {@link Tanh}. */
    void cap(int rows, float cap);

    /** Makes other scores of the scores; a function of the user's. */
    void change(int rows, ScoreChange change);

    /** Hides pairs, as a change of scores alone. */
    default void hidePairs(int rows, ScoreChange change) {
        change(rows, change);
    }

    /** scores −= slope · |distance + lane − row|, both as numbers in the tile. */
    void addAlibi(int rows, float slope, int distance);

    /**
     * Adds {@code terms[row * lanes + lane]} to the scores; −∞ hides the pair, whatever its score was.
     *
     * @param lanes how many lanes there are; 0 where {@code terms[row]} holds for all
     */
    void addTerms(float[] terms, int lanes, int rows);

    /** Masks the keys {@code from} to {@code to - 1} of a query: their score becomes −∞, whatever it was. */
    void hide(int query, int from, int to);
}
