package io.github.attention4j;

import java.util.Objects;

/**
 * The device tensors of one call, by operand. May be changed and used again after the call; not for several threads at
 * once.
 */
public final class AttentionTensors {
    private static final int OPERANDS = Operand.values().length;

    private final DeviceTensor[] tensors = new DeviceTensor[OPERANDS];

    /** No tensor yet. */
    public AttentionTensors() {}

    /** The four that every call has. */
    public static AttentionTensors of(DeviceTensor query, DeviceTensor key, DeviceTensor value, DeviceTensor out) {
        return new AttentionTensors()
                .with(Operand.QUERY, query)
                .with(Operand.KEY, key)
                .with(Operand.VALUE, value)
                .with(Operand.OUT, out);
    }

    /** Sets an operand; returns this. */
    public AttentionTensors with(Operand operand, DeviceTensor tensor) {
        Objects.requireNonNull(operand, "operand");
        tensors[operand.ordinal()] = Objects.requireNonNull(tensor, operand.label());
        return this;
    }

    /** The operand's tensor, or null if it was not set. */
    public DeviceTensor get(Operand operand) {
        return tensors[Objects.requireNonNull(operand, "operand").ordinal()];
    }
}
