package io.github.attention4j;

import io.github.attention4j.internal.operand.OperandTable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was asked of an {@link AttentionSpecBuilder}, as it was asked: a spec keeps it, so that a builder of it changes
 * what follows too. Immutable.
 *
 * @param settings those that were set
 * @param operands those that calls have
 * @param layouts those that the caller gave; others follow from the order
 */
record SpecRequest(Map<Setting, Object> settings, Map<Operand, Asked> operands, Map<Operand, Layout> layouts) {
    /** In place of a size, the whole dimension, whatever it will be. */
    static final int WHOLE = 0;

    /**
     * An operand that calls have.
     *
     * @param type its type; null for a gradient's, that of its operand
     * @param size {batch, heads, rows, columns} where the caller wants 1 for some; empty for the full shape
     */
    record Asked(DType type, int... size) {
        /** With sizes that are those of a batch of several, or of several heads, following them. */
        Asked following(int batch, int heads) {
            if (size.length == 0) {
                return this;
            }
            int[] follow = size.clone();
            follow[0] = batch > 1 && size[0] == batch ? WHOLE : size[0];
            follow[1] = heads > 1 && size[1] == heads ? WHOLE : size[1];
            return new Asked(type, follow);
        }
    }

    SpecRequest {
        settings = copy(Setting.class, settings);
        operands = copy(Operand.class, operands);
        layouts = copy(Operand.class, layouts);
    }

    private static <K extends Enum<K>, V> Map<K, V> copy(Class<K> keys, Map<K, V> map) {
        EnumMap<K, V> copy = new EnumMap<>(keys);
        copy.putAll(map);
        return Collections.unmodifiableMap(copy);
    }

    boolean wants(Operand operand) {
        return operands.containsKey(operand);
    }

    /** The type of an operand that calls have. */
    DType type(Operand operand) {
        DType type = operands.get(operand).type();
        return type == null ? type(OperandTable.of(operand).gradientOf()) : type;
    }

    boolean isBackward() {
        return wants(Operand.GRAD_OUT);
    }

    /** A number that was set, as those of ragged batches and pages are where there are any. */
    int number(Setting setting) {
        return (int) settings.get(setting);
    }
}
