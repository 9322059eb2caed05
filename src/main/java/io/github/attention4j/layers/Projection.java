package io.github.attention4j.layers;

/**
 * A linear layer before attention.
 *
 * @param spec what it computes, into columns of rows that others share
 * @param isOfMemory whether its input is {@link MultiHeadOperand#MEMORY}
 * @param weight which weight it takes
 * @param bias which bias, if there are any
 * @param firstRow the first row of that weight and element of that bias
 */
record Projection(LinearSpec spec, boolean isOfMemory, MultiHeadOperand weight, MultiHeadOperand bias, int firstRow) {
    MultiHeadOperand source() {
        return isOfMemory ? MultiHeadOperand.MEMORY : MultiHeadOperand.INPUT;
    }

    /** Whether weight and bias are only parts of their tensors. */
    boolean isPart(int packedColumns) {
        return weight == MultiHeadOperand.IN_WEIGHT && spec.outFeatures() < packedColumns;
    }

    /** Whether there is such an operand of its weight's rows, and it is only a part of its tensor. */
    boolean hasPartOf(LayerOperand operand, int packedColumns) {
        return spec.has(operand) && isPart(packedColumns);
    }
}
