package io.github.attention4j.layers;

import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The device tensors of one call of a {@link MultiHeadAttention}: its own by {@link MultiHeadOperand}, and by
 * {@link Operand} what the options of its attention ask for, as offsets, lengths or a bias of scores. May be changed
 * and used again after the call; not for several threads at once.
 */
public final class MultiHeadTensors {
    private final Map<MultiHeadOperand, DeviceTensor> own = new EnumMap<>(MultiHeadOperand.class);
    private final Map<Operand, DeviceTensor> attention = new EnumMap<>(Operand.class);

    /** No tensor yet. */
    public MultiHeadTensors() {}

    /** Sets an operand; returns this. */
    public MultiHeadTensors with(MultiHeadOperand operand, DeviceTensor tensor) {
        Objects.requireNonNull(operand, "operand");
        own.put(operand, Objects.requireNonNull(tensor, operand.label()));
        return this;
    }

    /** Sets an operand of the attention itself; returns this. */
    public MultiHeadTensors with(Operand operand, DeviceTensor tensor) {
        Objects.requireNonNull(operand, "operand");
        attention.put(operand, Objects.requireNonNull(tensor, operand.label()));
        return this;
    }

    /** The operand's tensor, or null if it was not set. */
    public DeviceTensor get(MultiHeadOperand operand) {
        return own.get(Objects.requireNonNull(operand, "operand"));
    }

    /** Those of attention, to be handed on. */
    void addTo(AttentionTensors tensors) {
        attention.forEach(tensors::with);
    }

    /** Whether operand is one of those that were set. */
    boolean has(MultiHeadOperand operand) {
        return own.containsKey(operand);
    }
}
