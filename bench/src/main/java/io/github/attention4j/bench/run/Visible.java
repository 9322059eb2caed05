package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;

/** Which keys a query sees by its position, and how many: what a mask leaves to compute. */
public final class Visible {
    private Visible() {}

    /** The first key that the query at this row sees, of so many queries and keys; may lie behind {@link #end}. */
    public static int begin(Mask mask, int queries, int keys, int row) {
        return mask.left() == Mask.UNBOUNDED ? 0 : clamp(row + diagonal(mask, queries, keys) - mask.left(), keys);
    }

    /** The key after the last that the query at this row sees, of so many queries and keys. */
    public static int end(Mask mask, int queries, int keys, int row) {
        return mask.right() == Mask.UNBOUNDED
                ? keys
                : clamp(row + diagonal(mask, queries, keys) + mask.right() + 1, keys);
    }

    private static long diagonal(Mask mask, int queries, int keys) {
        return switch (mask.alignment()) {
            case BOTTOM_RIGHT -> (long) keys - queries;
            case TOP_LEFT -> 0;
            case GIVEN ->
                throw new IllegalArgumentException(
                        "the bench knows masks aligned TOP_LEFT and BOTTOM_RIGHT, but this one is aligned GIVEN");
        };
    }

    private static int clamp(long key, int keys) {
        return (int) Math.max(0, Math.min(keys, key));
    }

    /** Query-key pairs that a mask leaves of so many queries and keys. */
    public static long pairs(Mask mask, int queries, int keys) {
        long pairs = 0;
        for (int row = 0; row < queries; row++) {
            pairs += Math.max(0, end(mask, queries, keys, row) - begin(mask, queries, keys, row));
        }
        return pairs;
    }

    /**
     * Floating-point operations of the forward pass: a multiplication and an addition for each pair and column, once
     * for the scores and once for the values. The softmax is not counted, as is usual.
     */
    public static double flops(AttentionSpec spec) {
        long pairs = pairs(spec.mask(), spec.queryLength(), spec.keyLength());
        return 2.0 * spec.batch() * spec.heads() * pairs * (spec.headDim() + spec.valueDim());
    }
}
