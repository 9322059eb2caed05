package io.github.attention4j.internal.java.memory;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import java.util.function.Function;

/** What one call reads and writes, by operand. */
public final class Operands {
    private static final Operand[] ALL = Operand.values();

    private final Rows[] rows = new Rows[ALL.length];

    private Operands() {}

    /** The arrays and buffers of a call, which fit the spec. */
    public static Operands of(AttentionSpec spec, AttentionArrays arrays) {
        return of(spec, arrays::get);
    }

    /**
     * What a function finds for each operand of the spec: an array, a direct buffer, or null if the call does not have
     * it.
     */
    public static Operands of(AttentionSpec spec, Function<Operand, Object> memory) {
        Operands operands = new Operands();
        for (Operand operand : ALL) {
            Object found = spec.has(operand) ? memory.apply(operand) : null;
            if (found != null) {
                operands.rows[operand.ordinal()] = new Rows(spec.operand(operand), found);
            }
        }
        operands.tellOfPages(Operand.KEY, Operand.VALUE, Operand.KEY_SCALES, Operand.VALUE_SCALES);
        operands.tellOfScales(Operand.KEY, Operand.KEY_SCALES);
        operands.tellOfScales(Operand.VALUE, Operand.VALUE_SCALES);
        return operands;
    }

    private void tellOfPages(Operand... paged) {
        Rows table = get(Operand.PAGE_TABLE);
        for (Operand operand : paged) {
            if (table != null && get(operand) != null) {
                get(operand).paged(table);
            }
        }
    }

    private void tellOfScales(Operand quantised, Operand scales) {
        if (get(scales) != null) {
            get(quantised).scaled(get(scales));
        }
    }

    /** The operand's rows, or null if the call does not have it. */
    public Rows get(Operand operand) {
        return rows[operand.ordinal()];
    }
}
