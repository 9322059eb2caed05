package io.github.attention4j;

import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandRow;
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
        /** With sizes that are those of several batch entries, heads, queries or keys following them. */
        Asked following(AttentionSpec spec, OperandRow row) {
            if (size.length == 0 || row.columns() == Dimension.GIVEN) {
                return this; // of the full shape, or of one of its own
            }
            int[] follow = size.clone();
            follow[0] = following(size[0], spec.batch());
            follow[1] = following(size[1], spec.heads());
            follow[2] = following(size[2], row.rows() == Dimension.KEY_LENGTH ? spec.keyLength() : spec.queryLength());
            follow[3] = following(size[3], spec.keyLength());
            return new Asked(type, follow);
        }

        private static int following(int size, int whole) {
            return whole > 1 && size == whole ? WHOLE : size;
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
