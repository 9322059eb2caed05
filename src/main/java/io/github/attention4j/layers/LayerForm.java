package io.github.attention4j.layers;

import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.TensorSpec;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Types and places of operands, as far as callers say so; the rest is F32 and dense. Never changes. */
final class LayerForm {
    private final Map<LayerOperand, DType> types = new EnumMap<>(LayerOperand.class);
    private final Map<LayerOperand, Long> rowStrides = new EnumMap<>(LayerOperand.class);
    private final Map<LayerOperand, Long> starts = new EnumMap<>(LayerOperand.class);

    LayerForm() {}

    private LayerForm(LayerForm other) {
        types.putAll(other.types);
        rowStrides.putAll(other.rowStrides);
        starts.putAll(other.starts);
    }

    LayerForm type(LayerOperand operand, DType type) {
        return type(operand, type, false);
    }

    /** @param mayBeBytes whether it may be I8 too */
    LayerForm type(LayerOperand operand, DType type, boolean mayBeBytes) {
        Objects.requireNonNull(type, operand.label());
        if (!type.isFloat() && !(mayBeBytes && type == DType.I8)) {
            throw new IllegalArgumentException(
                    operand.label() + " must be F32, F16 or BF16" + (mayBeBytes ? " or I8" : "") + ", but is " + type);
        }
        LayerForm form = new LayerForm(this);
        form.types.put(operand, type);
        return form;
    }

    LayerForm rowStride(LayerOperand operand, long rowStride) {
        LayerForm form = new LayerForm(this);
        form.rowStrides.put(operand, rowStride);
        return form;
    }

    LayerForm start(LayerOperand operand, long start) {
        LayerForm form = new LayerForm(this);
        form.starts.put(operand, start);
        return form;
    }

    /** Whether the caller said something about the operand. */
    boolean has(LayerOperand operand) {
        return types.containsKey(operand) || isPlaced(operand);
    }

    private boolean isPlaced(LayerOperand operand) {
        return rowStrides.containsKey(operand) || starts.containsKey(operand);
    }

    /** The operand as [1, 1, rows, columns]; without a type of its own, it has that of another. */
    TensorSpec tensor(LayerOperand operand, LayerOperand otherwise, int rows, int columns) {
        DType type = types.getOrDefault(operand, types.getOrDefault(otherwise, DType.F32));
        TensorSpec dense = TensorSpec.dense(type, 1, 1, rows, columns);
        if (!isPlaced(operand)) {
            return dense;
        }
        long rowStride = rowStrides.getOrDefault(operand, (long) columns);
        long start = starts.getOrDefault(operand, 0L);
        if (rowStride < columns) {
            throw new IllegalArgumentException("the row stride of " + operand.label()
                    + " must be at least its columns, " + columns + ", but is " + rowStride);
        }
        if (start < 0) {
            throw new IllegalArgumentException(
                    "the start of " + operand.label() + " must be at least 0, but is " + start);
        }
        return dense.with(new Layout(start, 0, 0, rowStride)); // not dense: perhaps a part of what its tensor holds
    }

    TensorSpec tensor(LayerOperand operand, int rows, int columns) {
        return tensor(operand, operand, rows, columns);
    }
}
