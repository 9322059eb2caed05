/**
 * Attention over DJL's arrays, whatever engine they belong to: {@link io.github.attention4j.djl.NdAttention} takes
 * {@code NDArray}s and gives {@code NDArray}s, and never makes the matrix of scores.
 */
package io.github.attention4j.djl;
