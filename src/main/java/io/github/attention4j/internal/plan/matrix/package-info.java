/**
 * The family MATRIX, for GPUs with matrix units: {@code attn_forward_matrix}, {@code attn_forward_warpgroups}, and for
 * gradients {@code attn_backward_keys_matrix} and {@code attn_backward_queries_matrix}.
 */
package io.github.attention4j.internal.plan.matrix;
