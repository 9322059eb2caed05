package io.github.attention4j;

/**
 * Output and log-sum-exp of one call.
 *
 * @param out [batch, heads, queryLength, valueDim]
 * @param lse [batch, heads, queryLength]: natural logarithm of the sum of the exponentials of a row's scaled scores; -∞ for a row that sees no key
 */
public record AttentionResult(float[] out, float[] lse) {}
