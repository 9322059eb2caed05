package io.github.attention4j.layers;

import io.github.attention4j.DType;
import io.github.attention4j.TensorSpec;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Types and places of operands, as far as callers say so; the rest is F32 and dense. Never changes. */
final class LayerForm {
    private final Map<LayerOperand, DType> types = new EnumMap<>(LayerOperand.class);
    private final LayerLayouts layouts;

    LayerForm() {
        layouts = new LayerLayouts();
    }

    private LayerForm(LayerForm other) {
        types.putAll(other.types);
        layouts = other.layouts.copy();
    }

    LayerForm type(LayerOperand operand, DType type) {
        Objects.requireNonNull(type, operand.label());
        if (!type.isFloat()) {
            throw new IllegalArgumentException(operand.label() + " must be F32, F16 or BF16, but is " + type);
        }
        LayerForm form = new LayerForm(this);
        form.types.put(operand, type);
        return form;
    }

    LayerForm rowStride(LayerOperand operand, long rowStride) {
        LayerForm form = new LayerForm(this);
        form.layouts.rowStride(operand, rowStride);
        return form;
    }

    LayerForm start(LayerOperand operand, long start) {
        LayerForm form = new LayerForm(this);
        form.layouts.start(operand, start);
        return form;
    }

    /** The operand as [1, 1, rows, columns]; without a type of its own, it has that of another. */
    TensorSpec tensor(LayerOperand operand, LayerOperand otherwise, int rows, int columns) {
        DType type = types.getOrDefault(operand, types.getOrDefault(otherwise, DType.F32));
        return layouts.tensor(operand, type, rows, columns);
    }

    TensorSpec tensor(LayerOperand operand, int rows, int columns) {
        return tensor(operand, operand, rows, columns);
    }
}
