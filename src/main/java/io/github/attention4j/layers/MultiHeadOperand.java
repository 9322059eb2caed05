package io.github.attention4j.layers;

import java.util.Locale;

/**
 * What goes into a {@link MultiHeadAttention} and comes out of it beside what its attention itself has. Weights are
 * [out features, in features], as PyTorch keeps them; biases have their types. With q = heads · headDim and k = kvHeads
 * · headDim, and with weights of I8 the scale of each of their rows in F32:
 */
public enum MultiHeadOperand {
    /** [rows, width]: what queries are made of, and keys and values too where there is no {@link #MEMORY}. */
    INPUT,
    /** [memory rows, memory width]: what keys and values are made of. */
    MEMORY,
    /** [q + 2k, width]: the rows of query, key and value behind one another, PyTorch's {@code in_proj_weight}. */
    IN_WEIGHT,
    /** [1, q + 2k]. */
    IN_WEIGHT_SCALES,
    /** [1, q + 2k]. */
    IN_BIAS,
    /** [q, width]. */
    QUERY_WEIGHT,
    /** [1, q]. */
    QUERY_WEIGHT_SCALES,
    /** [1, q]. */
    QUERY_BIAS,
    /** [k, width or memory width]. */
    KEY_WEIGHT,
    /** [1, k]. */
    KEY_WEIGHT_SCALES,
    /** [1, k]. */
    KEY_BIAS,
    /** [k, width or memory width]. */
    VALUE_WEIGHT,
    /** [1, k]. */
    VALUE_WEIGHT_SCALES,
    /** [1, k]. */
    VALUE_BIAS,
    /** [width, q]. */
    OUT_WEIGHT,
    /** [1, width]. */
    OUT_WEIGHT_SCALES,
    /** [1, width]. */
    OUT_BIAS,
    /** [rows, width]: added to out. The gradient with respect to it is {@link #GRAD_OUT} itself. */
    RESIDUAL,
    /** An output: [rows, width]. */
    OUT,
    /** The gradient of a loss with respect to out; this and what follows are of backward calls only. */
    GRAD_OUT,
    /** An output. */
    GRAD_INPUT,
    /** An output. */
    GRAD_MEMORY,
    /** An output, as all gradients of weights and biases F32. */
    GRAD_IN_WEIGHT,
    /** An output. */
    GRAD_IN_BIAS,
    /** An output. */
    GRAD_QUERY_WEIGHT,
    /** An output. */
    GRAD_QUERY_BIAS,
    /** An output. */
    GRAD_KEY_WEIGHT,
    /** An output. */
    GRAD_KEY_BIAS,
    /** An output. */
    GRAD_VALUE_WEIGHT,
    /** An output. */
    GRAD_VALUE_BIAS,
    /** An output. */
    GRAD_OUT_WEIGHT,
    /** An output. */
    GRAD_OUT_BIAS;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As messages say it: {@code "in_weight"}. */
    public String label() {
        return label;
    }

    /** The scales of this weight. */
    MultiHeadOperand scales() {
        return valueOf(name() + "_SCALES");
    }

    /** The gradient with respect to this. */
    MultiHeadOperand gradient() {
        return valueOf("GRAD_" + name());
    }

    /** Whether it is of backward calls only. */
    boolean isOfBackward() {
        return ordinal() >= GRAD_OUT.ordinal();
    }
}
