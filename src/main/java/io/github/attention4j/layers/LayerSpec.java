package io.github.attention4j.layers;

import io.github.attention4j.TensorSpec;

/**
 * A layer, checked once; equal ones share a plan. All operands are [1, 1, rows, columns], row-major, with a distance
 * from row to row and a first element of their own where the spec says so.
 */
public sealed interface LayerSpec permits LinearSpec, NormSpec, ActivationSpec, EmbeddingSpec, PoolingSpec {
    /** Rows that the layer is applied to. */
    int rows();

    /** Whether calls have this operand. */
    boolean has(LayerOperand operand);

    /**
     * Type, shape and layout of an operand.
     *
     * @throws IllegalArgumentException if calls do not have it
     */
    TensorSpec operand(LayerOperand operand);

    /** Whether the tensor of an output may be the very one of an input, which is then overwritten. */
    boolean mayShare(LayerOperand output, LayerOperand input);
}
