package io.github.attention4j.internal.plan.family;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.CallTensor;

/**
 * What the kernels of gradients hand over to one another, in one buffer of floats, linear in the lengths: the twin of
 * {@code lib/backward/scratch.clh}.
 *
 * @param shares shares of the keys, each with rows of the query's gradient of its own; 0 if there are none of them. It
 *     follows from the spec alone, so that every device sums up the same
 * @param shareKeys keys of a share
 * @param hasKeyRows whether there are rows of the key's gradient
 */
public record GradientScratch(int shares, int shareKeys, boolean hasKeyRows) {
    /** Regions begin on a multiple of so many floats. */
    private static final int ALIGNMENT = 16;

    /** Sums of a tensor's gradient, and elements of all of them together. */
    private static final int MOST_SUMS = 128;

    private static final long MOST_ELEMENTS = 1 << 23;

    /** Bytes for a call. */
    public long bytes(AttentionSpec spec) {
        long rows = aligned(Sizes.times(spec.batch(), spec.heads(), spec.queryLength(), 1));
        long floats = Sizes.times(2, rows); // delta, and sums for the slopes
        long queries = aligned(Sizes.times(rows, spec.headDim()));
        if (spec.has(Operand.GRAD_ADDITIVE_VECTOR)) {
            floats = Sizes.plus(floats, queries);
        }
        long tensors = tensorFloats(spec);
        floats = Sizes.plus(floats, Sizes.times(tensors > 0 ? split().splits() : shares, queries));
        if (hasKeyRows || tensors > 0) { // sums of tensors lie behind, wherever that is
            long keys = Sizes.times(spec.batch(), spec.kvHeads(), spec.keyLength(), spec.headDim());
            floats = Sizes.plus(floats, aligned(keys));
        }
        floats = Sizes.plus(floats, tensors);
        return Sizes.times(Float.BYTES, floats);
    }

    /** Of the tensor with most of them, two floats for each element of each sum. */
    private static long tensorFloats(AttentionSpec spec) {
        long most = 0;
        for (int i = 0; i < CallTensor.MOST; i++) {
            Operand gradient = OperandTable.gradientOf(OperandTable.scoreTensor(i));
            if (spec.has(gradient)) {
                most = Math.max(most, 2 * sums(spec, i) * spec.operand(gradient).elements());
            }
        }
        return most;
    }

    /**
     * How many sums the gradient of a tensor that a score function reads is made of, each over some of the query rows:
     * as many as may be computed at once, unless the tensor is large. It follows from the spec alone.
     */
    public static int sums(AttentionSpec spec, int tensor) {
        long rows = (long) spec.batch() * spec.heads() * spec.queryLength();
        long fitting =
                MOST_ELEMENTS / spec.operand(OperandTable.scoreTensor(tensor)).elements();
        return (int) Math.max(1, Math.min(Math.min(rows, MOST_SUMS), fitting));
    }

    private static long aligned(long floats) {
        return Sizes.times(Sizes.plus(floats, ALIGNMENT - 1L) / ALIGNMENT, ALIGNMENT);
    }

    /** As kernels are told of the shares. */
    public KeySplit split() {
        return new KeySplit(Math.max(1, shares), shareKeys);
    }
}
