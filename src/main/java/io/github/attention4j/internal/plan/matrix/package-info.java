/** The family MATRIX: {@code attn_forward_matrix} and {@code attn_forward_warpgroups}, for GPUs with matrix units. */
package io.github.attention4j.internal.plan.matrix;
