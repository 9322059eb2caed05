package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.Dimension;
import io.github.attention4j.internal.operand.OperandTable;

/**
 * Some batch entries, heads or keys of a call, for one device.
 *
 * @param device its number
 * @param whole the whole call
 * @param spec the call for these alone, all operands dense; the whole one if they are all
 * @param firstEntry the first batch entry
 * @param firstKvHead the first key/value head of each entry
 * @param firstKey the first key of each head
 */
record Share(int device, AttentionSpec whole, AttentionSpec spec, int firstEntry, int firstKvHead, int firstKey) {
    static Share of(int device, AttentionSpec whole) {
        return new Share(device, whole, whole, 0, 0, 0);
    }

    static Share ofEntries(int device, AttentionSpec whole, int first, int count) {
        return new Share(device, whole, dense(whole.withHeads(count, whole.heads(), whole.kvHeads())), first, 0, 0);
    }

    static Share ofHeads(int device, AttentionSpec whole, int first, int count) {
        AttentionSpec some = whole.withHeads(whole.batch(), Math.multiplyExact(count, whole.groupSize()), count);
        return new Share(device, whole, dense(some), 0, first, 0);
    }

    /** With lse, so that the shares can be merged. */
    static Share ofKeys(int device, AttentionSpec whole, int first, int count) {
        AttentionSpec some = whole.toBuilder().keyLength(count).build().withLse(true);
        return new Share(device, whole, dense(some), 0, 0, first);
    }

    private static AttentionSpec dense(AttentionSpec spec) {
        var builder = spec.toBuilder();
        for (Operand operand : Operand.values()) {
            if (spec.has(operand) && OperandTable.of(operand).role().isStrided()) {
                TensorSpec tensor = spec.operand(operand);
                TensorSpec dense = TensorSpec.dense(
                        tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.columns());
                builder.layout(operand, dense.layout());
            }
        }
        return builder.build();
    }

    /** The same on another device. */
    Share on(int other) {
        return new Share(other, whole, spec, firstEntry, firstKvHead, firstKey);
    }

    boolean isWhole() {
        return spec == whole;
    }

    /** The first entry of an operand that belongs to this; 0 where it has one for all. */
    int firstEntry(Operand operand) {
        return whole.operand(operand).batch() == spec.operand(operand).batch() ? 0 : firstEntry;
    }

    /** Likewise its first head. */
    int firstHead(Operand operand) {
        if (whole.operand(operand).heads() == spec.operand(operand).heads()) {
            return 0;
        }
        boolean ofKeys = OperandTable.of(operand).heads() == Dimension.KV_HEADS;
        return ofKeys ? firstKvHead : firstKvHead * whole.groupSize();
    }

    /** Likewise its first row. */
    int firstRow(Operand operand) {
        return whole.operand(operand).rows() == spec.operand(operand).rows() ? 0 : firstKey;
    }

    /** Whether it has some of the keys, so that its outputs are not yet those of the call. */
    boolean isOfKeys() {
        return spec.keyLength() < whole.keyLength();
    }

    /** The first query head, counted over the batch. */
    int firstOfAllHeads() {
        return firstEntry * whole.heads() + firstKvHead * whole.groupSize();
    }

    /** Multiplications, about. */
    double work() {
        return (double) spec.batch()
                * spec.heads()
                * spec.queryLength()
                * spec.keyLength()
                * (spec.headDim() + spec.valueDim());
    }

    /** "batch entries 0 to 3". */
    @Override
    public String toString() {
        if (isWhole()) {
            return "all of it";
        }
        if (isOfKeys()) {
            return "keys " + firstKey + " to " + (firstKey + spec.keyLength() - 1);
        }
        if (spec.batch() < whole.batch()) {
            return "batch entries " + firstEntry + " to " + (firstEntry + spec.batch() - 1);
        }
        int first = firstKvHead * whole.groupSize();
        return "heads " + first + " to " + (first + spec.heads() - 1);
    }
}
