package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.CalledPlan;
import io.github.attention4j.internal.java.memory.HostMemory;
import io.github.attention4j.internal.several.Block.Range;
import java.util.function.Predicate;

/** What of a call's arrays belongs to a share: the arrays themselves where it begins with them, else copies. */
final class Piece {
    private Piece() {}

    /** The arrays of a share. */
    static AttentionArrays cut(Share share, AttentionArrays whole) {
        return cut(share, whole, operand -> false);
    }

    /** Likewise, but for operands that lie elsewhere. */
    static AttentionArrays cut(Share share, AttentionArrays whole, Predicate<Operand> isElsewhere) {
        if (share.isWhole()) {
            return whole;
        }
        AttentionArrays arrays = new AttentionArrays();
        PlacedOperands placed = new PlacedOperands(share, whole);
        for (Operand operand : Operand.values()) {
            if (share.spec().has(operand) && !isElsewhere.test(operand)) {
                Object made = placed.make(operand);
                CalledPlan.set(arrays, operand, made != null ? made : cut(share, operand, whole, placed));
            }
        }
        return arrays;
    }

    private static Object cut(Share share, Operand operand, AttentionArrays whole, PlacedOperands placed) {
        TensorSpec part = share.spec().operand(operand);
        Object array = whole.get(operand);
        if (isInPlace(share, operand) && !placed.isMoved(operand)) {
            return array;
        }
        Object copy = HostMemory.allocate(part.dtype(), (int) part.elements());
        if (!share.spec().isOutput(operand) || isPartlyWritten(share) && isApart(share, operand)) {
            copy(share, operand, array, copy, true);
            placed.move(operand, copy);
        }
        return copy;
    }

    /** Whether outputs keep some of what they hold: what is added to, and rows of ragged batches that no entry has. */
    static boolean isPartlyWritten(Share share) {
        return share.spec().accumulates()
                || share.spec().has(Operand.QUERY_OFFSETS)
                || share.spec().has(Operand.KEY_OFFSETS);
    }

    /** Whether a share has a piece of an output for itself alone. */
    private static boolean isApart(Share share, Operand output) {
        return share.by() != By.KEYS && !share.isSummed(output);
    }

    /** Whether the share's piece is the beginning of the array; what a failure must not leave half done is not. */
    private static boolean isInPlace(Share share, Operand operand) {
        if (!share.whole().has(operand)) {
            return false;
        }
        TensorSpec all = share.whole().operand(operand);
        TensorSpec part = share.spec().operand(operand);
        boolean isFirst = share.firstEntry(operand) == 0
                && share.firstHead(operand) == 0
                && share.firstRow(operand) == 0
                && share.firstColumn(operand) == 0;
        boolean areRowsWhole = part.columns() == all.columns() || part.batch() * part.heads() * part.rows() == 1;
        boolean isOnePiece = all.isDense()
                && areRowsWhole
                && (part.rows() == all.rows()
                        ? part.heads() == all.heads() || part.batch() == 1
                        : part.batch() * part.heads() == 1);
        boolean isLeftAlone = share.spec().isOutput(operand)
                && (share.spec().accumulates() || !isApart(share, operand) || share.isOfRaggedRows(operand));
        return isFirst && isOnePiece && !isLeftAlone;
    }

    /** Writes the outputs that a share has for itself into the arrays of the call. */
    static void putBack(Share share, AttentionArrays own, AttentionArrays whole) {
        for (Operand operand : Operand.values()) {
            if (share.spec().isOutput(operand) && isApart(share, operand) && own.get(operand) != whole.get(operand)) {
                if (share.isOfRaggedRows(operand)) {
                    copyRows(share, operand, own.get(operand), whole);
                } else {
                    copy(share, operand, whole.get(operand), own.get(operand), false);
                }
            }
        }
    }

    /** Of a tensor in which the rows of all batch entries lie behind one another, those of the share's entries. */
    private static void copyRows(Share share, Operand operand, Object own, AttentionArrays whole) {
        TensorSpec all = share.whole().operand(operand);
        Layout layout = all.layout();
        Range rows = PlacedOperands.raggedRows(share, operand, whole);
        int units = all.rowUnits();
        for (int head = 0; head < all.heads(); head++) {
            for (int row = rows.first(); row < rows.end(); row++) {
                long place = layout.start() + head * layout.headStride() + row * layout.rowStride();
                int at = (head * all.rows() + row) * units;
                HostMemory.copy(all.dtype(), own, at, whole.get(operand), (int) place, units);
            }
        }
    }

    /** Copies row by row between an array of the call and one of the share. */
    private static void copy(Share share, Operand operand, Object whole, Object own, boolean isOut) {
        TensorSpec all = share.whole().operand(operand);
        TensorSpec part = share.spec().operand(operand);
        Layout layout = all.layout();
        int units = part.rowUnits();
        boolean areRowsTogether = part.rows() == 1 || layout.rowStride() == units;
        int count = areRowsTogether ? part.rows() * units : units;
        int at = 0;
        for (int entry = 0; entry < part.batch(); entry++) {
            for (int head = 0; head < part.heads(); head++) {
                for (int row = 0; row < (areRowsTogether ? 1 : part.rows()); row++) {
                    long place = layout.start()
                            + (share.firstEntry(operand) + entry) * layout.batchStride()
                            + (share.firstHead(operand) + head) * layout.headStride()
                            + (share.firstRow(operand) + row) * layout.rowStride()
                            + share.firstColumn(operand);
                    if (isOut) {
                        HostMemory.copy(all.dtype(), whole, (int) place, own, at, count);
                    } else {
                        HostMemory.copy(all.dtype(), own, at, whole, (int) place, count);
                    }
                    at += count;
                }
            }
        }
    }
}
