package io.github.attention4j.layers;

import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.TensorSpec;
import java.util.EnumMap;
import java.util.Map;

/** Where the rows of operands lie, as far as callers say so. */
final class LayerLayouts {
    private final Map<LayerOperand, Long> rowStrides = new EnumMap<>(LayerOperand.class);
    private final Map<LayerOperand, Long> starts = new EnumMap<>(LayerOperand.class);

    void rowStride(LayerOperand operand, long rowStride) {
        rowStrides.put(operand, rowStride);
    }

    void start(LayerOperand operand, long start) {
        starts.put(operand, start);
    }

    LayerLayouts copy() {
        LayerLayouts copy = new LayerLayouts();
        copy.rowStrides.putAll(rowStrides);
        copy.starts.putAll(starts);
        return copy;
    }

    boolean has(LayerOperand operand) {
        return rowStrides.containsKey(operand) || starts.containsKey(operand);
    }

    /** The operand as [1, 1, rows, columns]. */
    TensorSpec tensor(LayerOperand operand, DType type, int rows, int columns) {
        TensorSpec dense = TensorSpec.dense(type, 1, 1, rows, columns);
        if (!has(operand)) {
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
}
