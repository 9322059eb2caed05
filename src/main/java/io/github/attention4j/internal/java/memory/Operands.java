package io.github.attention4j.internal.java.memory;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;

/** What one call reads and writes, by operand. */
public final class Operands {
    private static final Operand[] ALL = Operand.values();

    private final Rows[] rows = new Rows[ALL.length];

    /** The arrays and buffers of a call, which fit the spec. */
    public static Operands of(AttentionSpec spec, AttentionArrays arrays) {
        Operands operands = new Operands();
        for (Operand operand : ALL) {
            Object memory = arrays.get(operand);
            if (memory != null && spec.has(operand)) {
                operands.set(spec, operand, memory);
            }
        }
        operands.link();
        return operands;
    }

    /** To be called when all operands are set: tells keys and values of their pages and scales. */
    public void link() {
        Rows[] pagedRows = {get(Operand.KEY), get(Operand.VALUE), get(Operand.KEY_SCALES), get(Operand.VALUE_SCALES)};
        Rows table = get(Operand.PAGE_TABLE);
        for (Rows paged : pagedRows) {
            if (table != null && paged != null) {
                paged.paged(table);
            }
        }
        for (int i = 0; i < 2; i++) {
            if (pagedRows[2 + i] != null) {
                pagedRows[i].scaled(pagedRows[2 + i]);
            }
        }
    }

    /** Sets where an operand of the spec lies. */
    public void set(AttentionSpec spec, Operand operand, Object memory) {
        rows[operand.ordinal()] = new Rows(spec.operand(operand), memory);
    }

    /** The operand's rows, or null if the call does not have it. */
    public Rows get(Operand operand) {
        return rows[operand.ordinal()];
    }
}
