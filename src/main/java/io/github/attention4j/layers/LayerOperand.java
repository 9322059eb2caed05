package io.github.attention4j.layers;

import java.util.Locale;

/**
 * What goes into a layer and comes out of it. Which of them a layer has, and with which type, shape and layout, its
 * spec says: {@link LayerSpec#operand}.
 */
public enum LayerOperand {
    /** Rows that the layer is applied to, one by one. */
    INPUT,
    /** What was learned: of a linear layer [outFeatures, inFeatures]. */
    WEIGHT,
    /** A scale for each row of a weight of 8 bits, F32. */
    WEIGHT_SCALES,
    /** Added to each row. */
    BIAS,
    /** Rows that are added to those of the layer. */
    RESIDUAL,
    /** A number for each row, of a row of weight, I32. */
    IDS,
    /** Of an embedding, the table of positions. */
    POSITION_WEIGHT,
    /** A number for each row, of a row of position_weight, I32. */
    POSITION_IDS,
    /** Where the entries of a ragged batch begin, and where the last ends, I32. */
    OFFSETS,
    /** An output: input and residual, added. */
    SUM,
    /** An output: rows. */
    OUT,
    /** The gradient of a loss with respect to out. */
    GRAD_OUT,
    /** An output: the gradient with respect to input. */
    GRAD_INPUT,
    /** An output: the gradient with respect to weight. */
    GRAD_WEIGHT,
    /** An output: the gradient with respect to bias. */
    GRAD_BIAS;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Whether layers write it. */
    public boolean isOutput() {
        return switch (this) {
            case SUM, OUT, GRAD_INPUT, GRAD_WEIGHT, GRAD_BIAS -> true;
            default -> false;
        };
    }

    /** As messages say it: {@code "weight_scales"}. */
    public String label() {
        return label;
    }
}
