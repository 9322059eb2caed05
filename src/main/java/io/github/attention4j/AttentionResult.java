package io.github.attention4j;

import java.util.Objects;

/**
 * Output and log-sum-exp of one call.
 *
 * @param out [batch, heads, queryLength, valueDim]
 * @param lse [batch, heads, queryLength]: natural logarithm of the softmax's denominator of each row; -∞ for a row that
 *     sees no key
 */
public record AttentionResult(float[] out, float[] lse) {
    /** Checks that both are there, and that out has as many elements for each of lse's. */
    public AttentionResult {
        Objects.requireNonNull(out, "out");
        Objects.requireNonNull(lse, "lse");
        if (lse.length == 0 ? out.length != 0 : out.length % lse.length != 0) {
            throw new IllegalArgumentException(
                    "out must have a whole number of columns for each element of lse, but has " + out.length
                            + " elements and lse " + lse.length);
        }
    }

    /**
     * The result over this one's keys and the other's together, when no key is in both: with {@code m} the larger lse,
     * {@code out = (e^(lse₁−m)·out₁ + e^(lse₂−m)·out₂) / (e^(lse₁−m) + e^(lse₂−m))} and {@code lse = m + ln(e^(lse₁−m)
     * + e^(lse₂−m))}. A part that saw no key changes nothing. A sink belongs to one of the parts only.
     *
     * @throws IllegalArgumentException if the two do not have the same shape
     */
    public AttentionResult merge(AttentionResult other) {
        Objects.requireNonNull(other, "other");
        if (out.length != other.out.length || lse.length != other.lse.length) {
            throw new IllegalArgumentException("both parts must have the same shape, but out has " + out.length
                    + " and " + other.out.length + " elements, and lse " + lse.length + " and " + other.lse.length);
        }
        float[] mergedOut = new float[out.length];
        float[] mergedLse = new float[lse.length];
        int columns = lse.length == 0 ? 0 : out.length / lse.length;
        for (int row = 0; row < lse.length; row++) {
            double max = Math.max(lse[row], other.lse[row]);
            if (max == Double.NEGATIVE_INFINITY) {
                mergedLse[row] = Float.NEGATIVE_INFINITY;
                continue;
            }
            double first = Math.exp(lse[row] - max);
            double second = Math.exp(other.lse[row] - max);
            mergedLse[row] = (float) (max + Math.log(first + second));
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                // A part without keys must not bring 0 times its out, which may be anything.
                double sum = (first == 0 ? 0 : first * out[i]) + (second == 0 ? 0 : second * other.out[i]);
                mergedOut[i] = (float) (sum / (first + second));
            }
        }
        return new AttentionResult(mergedOut, mergedLse);
    }
}
