package io.github.attention4j.internal.java.steps;

/**
 * The scores of a tile, some queries times some keys, as {@link Score} treats them: all at once. Neighbouring queries
 * are neighbouring lanes.
 */
public interface Scores {
    /** scores = cap · tanh(scores / cap), see {@link Tanh}. */
    void cap(int keys, float cap);

    /** scores −= slope · |distance + lane − j|, j the key's number in the tile. */
    void addAlibi(int keys, float slope, int distance);

    /**
     * Adds {@code terms[j * lanes + lane]} to the scores; −∞ hides the pair, whatever its score was.
     *
     * @param lanes how many lanes there are; 0 where {@code terms[j]} holds for all
     */
    void addTerms(float[] terms, int lanes, int keys);
}
