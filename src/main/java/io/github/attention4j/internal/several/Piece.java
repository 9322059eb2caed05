package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.CalledPlan;
import io.github.attention4j.internal.java.memory.HostMemory;
import io.github.attention4j.internal.operand.Contents;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.split.Part;
import java.util.List;

/** What of a call's arrays belongs to a share: the arrays themselves where it begins with them, else copies. */
final class Piece {
    private Piece() {}

    /** The arrays of a share. */
    static AttentionArrays cut(Share share, AttentionArrays whole) {
        if (share.isWhole()) {
            return whole;
        }
        AttentionArrays arrays = new AttentionArrays();
        for (Operand operand : Operand.values()) {
            if (share.spec().has(operand)) {
                CalledPlan.set(arrays, operand, cut(share, operand, whole.get(operand)));
            }
        }
        return arrays;
    }

    private static Object cut(Share share, Operand operand, Object array) {
        TensorSpec part = share.spec().operand(operand);
        if (OperandTable.of(operand).contents() == Contents.DROPOUT_STATE) {
            return Part.dropoutState(array, share.firstOfAllHeads());
        }
        if (isInPlace(share, operand)) {
            return array;
        }
        Object copy = HostMemory.allocate(part.dtype(), (int) part.elements());
        if (!share.spec().isOutput(operand) || isPartlyWritten(share)) {
            copy(share, operand, array, copy, true);
        }
        return copy;
    }

    /** Whether outputs keep some of what they hold: what is added to, and rows of ragged batches that no entry has. */
    private static boolean isPartlyWritten(Share share) {
        return share.spec().accumulates()
                || share.spec().has(Operand.QUERY_OFFSETS)
                || share.spec().has(Operand.KEY_OFFSETS);
    }

    /** Whether the share's piece is the beginning of the array; what a failure must not leave half done is not. */
    private static boolean isInPlace(Share share, Operand operand) {
        if (!share.whole().has(operand)) {
            return false;
        }
        TensorSpec all = share.whole().operand(operand);
        TensorSpec part = share.spec().operand(operand);
        boolean isFirst =
                share.firstEntry(operand) == 0 && share.firstHead(operand) == 0 && share.firstRow(operand) == 0;
        boolean isOnePiece = all.isDense()
                && (part.rows() == all.rows()
                        ? part.heads() == all.heads() || part.batch() == 1
                        : part.batch() * part.heads() == 1);
        boolean isLeftAlone = share.spec().isOutput(operand) && (share.spec().accumulates() || share.isOfKeys());
        return isFirst && isOnePiece && !isLeftAlone;
    }

    /** Writes the outputs of a share into the arrays of the call. */
    static void putBack(Share share, AttentionArrays own, AttentionArrays whole) {
        for (Operand operand : Operand.values()) {
            if (share.spec().isOutput(operand) && own.get(operand) != whole.get(operand)) {
                copy(share, operand, whole.get(operand), own.get(operand), false);
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
                            + (share.firstRow(operand) + row) * layout.rowStride();
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

    /** The union of results over different keys, in the order of the keys, into the arrays of the call. */
    static void merge(List<AttentionArrays> parts, AttentionArrays whole) {
        AttentionResult all = null;
        for (AttentionArrays part : parts) {
            AttentionResult next =
                    new AttentionResult((float[]) part.get(Operand.OUT), (float[]) part.get(Operand.LSE));
            all = all == null ? next : all.merge(next);
        }
        HostMemory.copy(DType.F32, all.out(), 0, whole.get(Operand.OUT), 0, all.out().length);
        if (whole.get(Operand.LSE) != null) {
            HostMemory.copy(DType.F32, all.lse(), 0, whole.get(Operand.LSE), 0, all.lse().length);
        }
    }
}
