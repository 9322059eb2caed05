package io.github.attention4j.layers;

import io.github.attention4j.DType;
import java.util.Objects;

/** Which gradients a linear layer has. */
final class LinearGradients {
    private LinearGradients() {}

    static void check(LinearSpec spec, LayerOperand... gradients) {
        Objects.requireNonNull(gradients, "gradients");
        if (spec.isBackward()) {
            throw new IllegalArgumentException("this spec computes gradients already; call backward on the layer's");
        }
        if (spec.activation() != Activation.NONE) {
            throw new IllegalArgumentException("there are no gradients through the activation "
                    + spec.activation() + " of a linear layer; build it without, and compute the activation by a spec"
                    + " of its own");
        }
        if (gradients.length == 0) {
            throw new IllegalArgumentException("name at least one of grad_input, grad_weight and grad_bias");
        }
        for (LayerOperand gradient : gradients) {
            check(spec, gradient);
        }
    }

    private static void check(LinearSpec spec, LayerOperand gradient) {
        if (gradient == null) {
            throw new IllegalArgumentException(
                    "gradients must name those that are wanted, but one of them is null; leave it out");
        }
        switch (gradient) {
            case GRAD_INPUT -> {}
            case GRAD_WEIGHT -> {
                if (spec.operand(LayerOperand.WEIGHT).dtype() == DType.I8) {
                    throw new IllegalArgumentException("there is no grad_weight where weight is I8; train with F32,"
                            + " F16 or BF16, or ask for backward(LayerOperand.GRAD_INPUT) alone");
                }
            }
            case GRAD_BIAS -> {
                if (!spec.has(LayerOperand.BIAS)) {
                    throw new IllegalArgumentException("there is no grad_bias, because the layer has no bias");
                }
            }
            default ->
                throw new IllegalArgumentException(
                        "gradients of a linear layer are grad_input, grad_weight and grad_bias, but one is "
                                + gradient.label());
        }
    }
}
