package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.several.Block.Range;

/**
 * A block of a call, for one device.
 *
 * @param device its number
 * @param whole the whole call
 * @param spec the call for the block alone, all operands dense; the whole one if the block is all
 * @param block of the call
 * @param work multiplications, about
 */
record Share(int device, AttentionSpec whole, AttentionSpec spec, Block block, double work) {
    static Share of(int device, AttentionSpec whole, Block block) {
        AttentionSpec spec = block.equals(Block.whole(whole)) ? whole : ShareSpec.of(whole, block);
        double work = SeenKeys.pairs(whole, block)
                * block.entries().count()
                * block.kvHeads().count()
                * whole.groupSize()
                * (whole.headDim() + whole.valueDim());
        return new Share(device, whole, spec, block, work);
    }

    static Share of(int device, AttentionSpec whole) {
        return of(device, whole, Block.whole(whole));
    }

    /** The same on another device. */
    Share on(int other) {
        return new Share(other, whole, spec, block, work);
    }

    boolean isWhole() {
        return spec == whole;
    }

    /** The first entry of an operand that belongs to this; 0 where it has one for all. */
    int firstEntry(Operand operand) {
        return first(
                block.entries(),
                whole.operand(operand).batch(),
                spec.operand(operand).batch());
    }

    /** Likewise its first head. */
    int firstHead(Operand operand) {
        boolean ofKeys = OperandTable.of(operand).heads() == Dimension.KV_HEADS;
        int heads = whole.operand(operand).heads();
        int first = first(block.kvHeads(), heads, spec.operand(operand).heads());
        return ofKeys ? first : first * whole.groupSize();
    }

    /** Likewise its first row. */
    int firstRow(Operand operand) {
        Dimension rows = OperandTable.of(operand).rows();
        boolean ofKeys = rows == Dimension.KEY_ROWS || rows == Dimension.KEY_LENGTH;
        return first(
                ofKeys ? block.keys() : block.queries(),
                whole.operand(operand).rows(),
                spec.operand(operand).rows());
    }

    /** Likewise its first column, in elements of the array; bits lie eight in one. */
    int firstColumn(Operand operand) {
        TensorSpec all = whole.operand(operand);
        int first = first(block.keys(), all.columns(), spec.operand(operand).columns());
        return all.dtype() == DType.BIT ? first / Byte.SIZE : first;
    }

    private static int first(Range range, int whole, int own) {
        return whole == own ? 0 : range.first();
    }

    /** What the call was cut into; null for nothing. */
    By by() {
        return By.of(whole, block);
    }

    /** Whether rows of all batch entries lie in one tensor of the operand, of which the share has some entries. */
    boolean isOfRaggedRows(Operand operand) {
        return by() == By.ENTRIES
                && switch (OperandTable.of(operand).batch()) {
                    case QUERY_BATCH -> whole.has(Operand.QUERY_OFFSETS);
                    case KEY_BATCH -> whole.has(Operand.KEY_OFFSETS);
                    default -> false;
                };
    }

    /** Whether an output is a sum of what all shares make of it. */
    boolean isSummed(Operand output) {
        return ShareSpec.isSummed(whole, block, output);
    }

    /** The first query head, counted over the batch. */
    int firstOfAllHeads() {
        return block.entries().first() * whole.heads() + block.kvHeads().first() * whole.groupSize();
    }

    /** Bytes of the inputs, or of the outputs, as they go to the device or come back. */
    long bytes(boolean ofOutputs) {
        long bytes = 0;
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && spec.isOutput(operand) == ofOutputs) {
                TensorSpec tensor = spec.operand(operand);
                bytes += tensor.elements() * tensor.dtype().bytes();
            }
        }
        return bytes;
    }

    /** "batch entries 0 to 3". */
    @Override
    public String toString() {
        By by = by();
        if (by == null) {
            return "all of it";
        }
        return switch (by) {
            case ENTRIES -> "batch entries " + block.entries();
            case KV_HEADS -> "heads " + new Range(block.kvHeads().first() * whole.groupSize(), spec.heads());
            case QUERIES -> "queries " + block.queries() + " over keys " + block.keys();
            case KEYS -> "keys " + block.keys();
        };
    }
}
