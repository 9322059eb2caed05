package io.github.attention4j.transformer;

/**
 * How the next token is drawn. First scores are divided by the temperature, then only the {@code topK} best stay, then
 * of those the fewest that have {@code topP} of the probability, and one of them is drawn by its probability.
 *
 * @param temperature 0 takes the best token each time; 1 draws as the model says; more is bolder
 * @param topK how many tokens stay at most; 0 for all
 * @param topP from more than 0 to 1, which leaves all
 * @param seed the same seed draws the same tokens from the same scores
 */
public record Sampling(double temperature, int topK, double topP, long seed) {
    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Sampling {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature must be finite and at least 0, but is " + temperature);
        }
        if (topK < 0) {
            throw new IllegalArgumentException("topK must be at least 0, which leaves all tokens, but is " + topK);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("topP must be more than 0 and at most 1, but is " + topP);
        }
    }

    /** The best token each time. */
    public static Sampling greedy() {
        return new Sampling(0, 0, 1, 0);
    }

    /** As the model says, at this temperature. */
    public static Sampling withTemperature(double temperature, long seed) {
        return new Sampling(temperature, 0, 1, seed);
    }

    /** The same among so many of the best tokens. */
    public Sampling withTopK(int topK) {
        return new Sampling(temperature, topK, topP, seed);
    }

    /** The same among the fewest tokens that have so much of the probability. */
    public Sampling withTopP(double topP) {
        return new Sampling(temperature, topK, topP, seed);
    }
}
