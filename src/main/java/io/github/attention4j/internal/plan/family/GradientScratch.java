package io.github.attention4j.internal.plan.family;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;

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

    /** Bytes for a call. */
    public long bytes(AttentionSpec spec) {
        long rows = aligned(Sizes.times(spec.batch(), spec.heads(), spec.queryLength(), 1));
        long floats = Sizes.times(2, rows); // delta, and sums for the slopes
        long queries = aligned(Sizes.times(rows, spec.headDim()));
        if (spec.has(Operand.GRAD_ADDITIVE_VECTOR)) {
            floats = Sizes.plus(floats, queries);
        }
        floats = Sizes.plus(floats, Sizes.times(shares, queries));
        if (hasKeyRows) {
            long keys = Sizes.times(spec.batch(), spec.kvHeads(), spec.keyLength(), spec.headDim());
            floats = Sizes.plus(floats, keys);
        }
        return Sizes.times(Float.BYTES, floats);
    }

    private static long aligned(long floats) {
        return Sizes.times(Sizes.plus(floats, ALIGNMENT - 1L) / ALIGNMENT, ALIGNMENT);
    }

    /** As kernels are told of the shares. */
    public KeySplit split() {
        return new KeySplit(Math.max(1, shares), shareKeys);
    }
}
