package io.github.attention4j.internal.java.layers;

import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerSpec;
import java.util.function.Function;

/** What one call of a layer reads and writes, by operand. */
public final class LayerRows {
    private static final LayerOperand[] ALL = LayerOperand.values();

    private final Rows[] rows = new Rows[ALL.length];

    private LayerRows() {}

    /** What a function finds for each operand of the spec: an array or a direct buffer. */
    public static LayerRows of(LayerSpec spec, Function<LayerOperand, Object> memory) {
        LayerRows operands = new LayerRows();
        for (LayerOperand operand : ALL) {
            if (spec.has(operand)) {
                operands.rows[operand.ordinal()] = new Rows(spec.operand(operand), memory.apply(operand));
            }
        }
        return operands;
    }

    /** The operand's rows, or null if the layer does not have it. */
    public Rows get(LayerOperand operand) {
        return rows[operand.ordinal()];
    }
}
