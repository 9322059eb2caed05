package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;

/**
 * Which keys of a batch entry a query may see by position: those from a begin up to an end. All masks but keep-mask and
 * bias come down to this; whole tiles of keys are skipped or taken by asking here.
 */
public final class MaskRow {
    private final int batch;
    private final int keys;
    private final boolean left;
    private final boolean right;
    private final long firstOfQuery0;
    private final long endOfQuery0;
    private final int prefix;
    private final Rows keyBegins;
    private final Rows keyEnds;

    public MaskRow(AttentionSpec spec, Operands operands, Sequence sequence) {
        batch = sequence.batch;
        keys = sequence.keys;
        Mask mask = spec.mask();
        left = mask.left() != Mask.UNBOUNDED;
        right = mask.right() != Mask.UNBOUNDED;
        long diagonal = diagonal(spec, operands, sequence);
        firstOfQuery0 = diagonal - mask.left();
        endOfQuery0 = diagonal + mask.right() + 1;
        Rows prefixLengths = operands.get(Operand.PREFIX_LENGTHS);
        prefix = prefixLengths == null ? 0 : prefixLengths.integer(batch, 0, 0);
        keyBegins = operands.get(Operand.KEY_BEGINS);
        keyEnds = operands.get(Operand.KEY_ENDS);
    }

    /** The key at which query 0 of a batch entry stands. */
    static int diagonal(AttentionSpec spec, Operands operands, Sequence sequence) {
        return switch (spec.mask().alignment()) {
            case BOTTOM_RIGHT -> sequence.shift();
            case TOP_LEFT -> 0;
            case GIVEN -> operands.get(Operand.DIAGONALS).integer(sequence.batch, 0, 0);
        };
    }

    /** The first key the query may see, from 0 to the number of keys. */
    public int begin(int head, int query) {
        int begin = left ? Sequence.clamp(query + firstOfQuery0, keys) : 0;
        return keyBegins == null ? begin : Math.max(begin, Sequence.clamp(keyBegins.integer(batch, head, query), keys));
    }

    /**
     * The key after the last the query may see, from 0 to the number of keys; may be less than {@link #begin}, and then
     * it sees none.
     */
    public int end(int head, int query) {
        int end = right ? Sequence.clamp(Math.max(query + endOfQuery0, prefix), keys) : keys;
        return keyEnds == null ? end : Math.min(end, Sequence.clamp(keyEnds.integer(batch, head, query), keys));
    }
}
