package io.github.attention4j;

import io.github.attention4j.internal.Sizes;

/** The usual slopes of ALiBi (Press et al., "Train Short, Test Long", 2021). */
public final class AlibiSlopes {
    private AlibiSlopes() {}

    /**
     * One slope for each head. For a power of two n: the geometric sequence 2^(−8/n), 2^(−16/n), … For other counts:
     * the slopes of the next smaller power of two, then every other slope of twice that power, as the authors' own code
     * does.
     *
     * @param heads how many, at least 1
     */
    public static float[] of(int heads) {
        if (heads < 1) {
            throw new IllegalArgumentException("heads must be at least 1, but is " + heads);
        }
        int power = Integer.highestOneBit(heads);
        float[] slopes = Sizes.floats("the slopes", heads, "ask for fewer heads");
        for (int h = 0; h < heads; h++) {
            // Beyond the power of two: elements 1, 3, 5, ... (counted from 1) of the sequence for twice as many heads.
            double exponent = h < power ? -8.0 * (h + 1) / power : -8.0 * (2.0 * (h - power) + 1) / (2.0 * power);
            slopes[h] = (float) Math.pow(2, exponent);
        }
        return slopes;
    }
}
