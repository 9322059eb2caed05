package io.github.attention4j.layers;

import io.github.attention4j.DeviceTensor;
import java.util.Objects;

/**
 * The device tensors of one call of a layer, by operand. May be changed and used again after the call; not for several
 * threads at once.
 */
public final class LayerTensors {
    private static final int OPERANDS = LayerOperand.values().length;

    private final DeviceTensor[] tensors = new DeviceTensor[OPERANDS];

    /** No tensor yet. */
    public LayerTensors() {}

    /** Sets an operand; returns this. */
    public LayerTensors with(LayerOperand operand, DeviceTensor tensor) {
        Objects.requireNonNull(operand, "operand");
        tensors[operand.ordinal()] = Objects.requireNonNull(tensor, operand.label());
        return this;
    }

    /** The operand's tensor, or null if it was not set. */
    public DeviceTensor get(LayerOperand operand) {
        return tensors[Objects.requireNonNull(operand, "operand").ordinal()];
    }
}
