package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Scores;

/**
 * A few neighbouring keys of one head and their gradients, one key a lane, which queries walk past: what {@link Panel}
 * is to queries. Keys, values and their gradients are transposed (lanes along keys); rows of queries and of gradOut are
 * read where they lie. Tiles have a row a query.
 *
 * <p>For new keys: {@link #start}, then {@link #load} each. For each block of queries: {@link #scores}, then what is
 * asked for of what {@link io.github.attention4j.internal.java.steps.Score} does and {@link #hide},
 * {@link #gradWeights}, {@link #gradScores}, {@link #gradDots}, and the three products that are wanted. At the end
 * {@link #gradKey} and {@link #gradValue} of each key.
 */
public abstract class GradientPanel implements Scores {
    /** The weight of a pair that is hidden, which no other weight is: it must not even be multiplied. */
    public static final float HIDDEN_WEIGHT = -0.0f;

    /** For the implementations. */
    protected GradientPanel() {}

    /** Whether a weight is that of a pair that is hidden. */
    protected static boolean isHidden(float weight) {
        return Float.floatToRawIntBits(weight) == Float.floatToRawIntBits(HIDDEN_WEIGHT);
    }

    /** Forgets the keys before; all are zero, and so are their gradients. */
    public abstract void start();

    /** Takes a key, which is multiplied by factor for its scores, and its value. */
    public abstract void load(int lane, float[] key, float factor, float[] value);

    /** Takes a key for {@link #accumulateQueries}; one that was not taken counts as zero there. */
    public abstract void loadRow(int lane, float[] key);

    /** scores = Q Kᵀ for queries at {@code query[at + row * stride]}. */
    public abstract void scores(float[] query, int at, int stride, int rows);

    /** scores = Σ_d vector[d] · tanh(query[d] + key[d]), for queries as of {@link #scores}. */
    public abstract void additiveScores(float[] vector, float[] query, int at, int stride, int rows);

    /** gradWeights = gradOut Vᵀ for rows at {@code gradOut[at + row * stride]}. */
    public abstract void gradWeights(float[] gradOut, int at, int stride, int rows);

    /** Multiplies gradWeights by {@code factors[row * lanes + lane]}, as dropout does the weights. */
    public abstract void dropGrads(float[] factors, int rows);

    /**
     * Turns scores into weights, exp(score − lse), and gradWeights into gradScores, weights · (gradWeights − delta); 0
     * where the pair is hidden.
     *
     * @param lse of row 0 at {@code at}, as delta
     * @param isMasked whether any score is −∞ because its pair is hidden
     */
    public abstract void gradScores(float[] lse, float[] delta, int at, int rows, boolean isMasked);

    /** Multiplies the weights by {@code factors[row * lanes + lane]}, as they multiply the values. */
    public abstract void dropWeights(float[] factors, int rows);

    /** Writes a row of {@link #gradScores}; lanes without a key hold nothing that anybody may look at. */
    public abstract void gradScores(int row, float[] target);

    /** From the gradients of scores to those of dot products, where scores were capped; not yet times the scale. */
    public abstract void gradDots(int rows, boolean isMasked);

    /** gradValues += gradOutᵀ weights. */
    public abstract void accumulateValues(float[] gradOut, int at, int stride, int rows);

    /** gradKeys += Qᵀ gradDots, not yet times the scale. */
    public abstract void accumulateKeys(float[] query, int at, int stride, int rows);

    /**
     * gradQueries += gradDots K, not yet times the scale, for keys that are numbers.
     *
     * @param keys how many there are
     */
    public abstract void accumulateQueries(float[] gradQuery, int at, int stride, int rows, int keys);

    /**
     * In place of the products with queries and keys, where scores are additive: adds the gradients of keys, queries
     * and vector, for the pairs that are not hidden; not yet times the scale.
     *
     * @param gradQuery of row 0 at {@code to}, rows side by side
     */
    public abstract void accumulateAdditive(
            float[] vector, float[] query, int at, int stride, int rows, float[] gradQuery, int to, float[] gradVector);

    /** Like {@link #accumulateValues} for one row, and the keys that its query sees. */
    public abstract void accumulateValuesSeen(float[] gradOut, int at, int row);

    /** Like {@link #accumulateKeys} for one row, and the keys that its query sees. */
    public abstract void accumulateKeysSeen(float[] query, int at, int row);

    /** Like {@link #accumulateQueries} for one key that was not taken because it holds a NaN or an infinity. */
    public abstract void accumulateQueriesSeeing(
            int lane, float[] key, float[] gradQuery, int at, int stride, int rows);

    /** Writes a key's gradient, not yet times the scale. */
    public abstract void gradKey(int lane, double[] target);

    /** Writes a value's gradient. */
    public abstract void gradValue(int lane, double[] target);
}
