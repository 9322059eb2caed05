package io.github.attention4j.internal.layers;

import io.github.attention4j.DeviceTensor;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Overlaps;
import io.github.attention4j.internal.Wrapped;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LayerTensors;
import java.util.Objects;

/** The checks of a layer's device tensors: the only ones between a plan and the device. */
public final class LayerShapes {
    private static final LayerOperand[] OPERANDS = LayerOperand.values();

    private LayerShapes() {}

    /** Checks all tensors of a call against its spec. */
    public static void check(LayerSpec spec, LayerTensors tensors) {
        Objects.requireNonNull(tensors, "tensors");
        for (LayerOperand operand : OPERANDS) {
            DeviceTensor tensor = tensors.get(operand);
            if (spec.has(operand)) {
                check(operand, tensor, spec.operand(operand));
            } else if (tensor != null) {
                throw new IllegalArgumentException("a tensor for " + operand.label()
                        + " is given, but the spec does not have this operand; build the spec with it");
            }
        }
        for (LayerOperand output : OPERANDS) {
            if (spec.has(output) && output.isOutput()) {
                requireApartFromAll(spec, output, tensors);
            }
        }
    }

    private static void check(LayerOperand operand, DeviceTensor tensor, TensorSpec wanted) {
        if (tensor == null) {
            throw new IllegalArgumentException("the spec has " + operand.label()
                    + ", but no tensor is given for it; pass one of type " + wanted.dtype() + " and shape "
                    + wanted.shape());
        }
        if (tensor.dtype() != wanted.dtype()) {
            throw new IllegalArgumentException(
                    operand.label() + " must have type " + wanted.dtype() + ", but has " + tensor.dtype());
        }
        long elements = tensor.elements();
        if (wanted.isDense() && elements != wanted.elements()) {
            throw new IllegalArgumentException(operand.label() + " must have " + wanted.elements() + " elements for "
                    + wanted.shape() + ", but has " + elements);
        }
        if (elements < wanted.extent()) {
            throw new IllegalArgumentException(operand.label() + " must have at least " + wanted.extent()
                    + " elements for " + wanted.shape() + " in " + wanted.layout() + ", but has " + elements);
        }
    }

    private static void requireApartFromAll(LayerSpec spec, LayerOperand output, LayerTensors tensors) {
        DeviceTensor written = tensors.get(output);
        for (LayerOperand other : OPERANDS) {
            DeviceTensor tensor = tensors.get(other);
            if (other != output
                    && tensor != null
                    && Wrapped.overlap(written, tensor)
                    && !(Wrapped.same(written, tensor) && areFree(spec, output, other))) {
                throw new IllegalArgumentException(output.label() + " is an output, but "
                        + (written == tensor ? "its tensor is also given as " : "its memory overlaps that of ")
                        + other.label() + "; give " + output.label() + " memory of its own");
            }
        }
    }

    /** Whether two operands may lie in the same tensor: one in place of the other, or each in its own elements. */
    private static boolean areFree(LayerSpec spec, LayerOperand output, LayerOperand other) {
        return spec.mayShare(output, other)
                || spec.operand(output).dtype() == spec.operand(other).dtype()
                        && Overlaps.areApart(spec.operand(output), spec.operand(other));
    }
}
