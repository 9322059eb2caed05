package io.github.attention4j.layers;

import io.github.attention4j.TensorSpec;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The operands of a spec: filled once, then only asked. */
final class LayerOperands {
    private final Map<LayerOperand, TensorSpec> tensors = new EnumMap<>(LayerOperand.class);

    LayerOperands with(LayerOperand operand, TensorSpec tensor) {
        tensors.put(operand, tensor);
        return this;
    }

    boolean has(LayerOperand operand) {
        return tensors.containsKey(Objects.requireNonNull(operand, "operand"));
    }

    TensorSpec get(LayerOperand operand) {
        TensorSpec tensor = tensors.get(Objects.requireNonNull(operand, "operand"));
        if (tensor == null) {
            throw new IllegalArgumentException("this spec has no " + operand.label());
        }
        return tensor;
    }

    /** Whether both are there and lie alike, so that one may take the place of the other. */
    boolean areAlike(LayerOperand one, LayerOperand other) {
        return has(one) && has(other) && get(one).equals(get(other));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerOperands that && tensors.equals(that.tensors);
    }

    @Override
    public int hashCode() {
        return tensors.hashCode();
    }

    /** "input F32, weight F32, out F16 in …". */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        tensors.forEach((operand, tensor) -> text.append(text.isEmpty() ? "" : ", ")
                .append(operand.label())
                .append(' ')
                .append(tensor.dtype())
                .append(tensor.isDense() ? "" : " in " + tensor.layout()));
        return text.toString();
    }
}
