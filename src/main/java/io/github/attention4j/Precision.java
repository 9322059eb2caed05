package io.github.attention4j;

/**
 * How exactly the inputs of a call must be multiplied. Sums, and everything between the two products, are of 32 bits
 * always.
 */
public enum Precision {
    /**
     * As exactly as the inputs are stored: what is f32 or f16 is multiplied as f32. Where query, key and value all have
     * one 16-bit type that the device multiplies faster, weights are rounded to that type too.
     */
    AS_STORED,
    /**
     * Query, key, value and weights, and in a backward call the gradients of out and of scores, may be rounded to bf16
     * (8 significant bits) before they are multiplied, where the device is faster then: {@link KernelFamily#LANES} on
     * processors with a dot product of bf16. Elsewhere it changes nothing; {@link AttentionPlan#explain()} says what is
     * done. Numbers beyond the largest bf16, 3.39e38, become infinite.
     */
    BF16
}
