package io.github.attention4j.bench.attention;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;

/** Which keys a query sees, counted: what a mask leaves to compute. */
public final class Visible {
    private Visible() {}

    /** How many keys the query at this row sees: the keys {@code 0 .. n-1}. */
    public static int keys(AttentionSpec spec, int row) {
        if (spec.mask() instanceof Mask.Causal causal) {
            long last = row + (long) causal.offset(spec.queryLength(), spec.keyLength());
            return (int) Math.max(0, Math.min(spec.keyLength(), last + 1));
        }
        return spec.keyLength();
    }

    /** Query-key pairs of one head that a mask leaves. */
    public static long pairs(AttentionSpec spec) {
        long pairs = 0;
        for (int row = 0; row < spec.queryLength(); row++) {
            pairs += keys(spec, row);
        }
        return pairs;
    }

    /**
     * Floating-point operations of the forward pass: a multiplication and an addition for each pair and column, once for the
     * scores and once for the values. The softmax is not counted, as is usual.
     */
    public static double flops(AttentionSpec spec) {
        return 2.0 * spec.batch() * spec.heads() * pairs(spec) * (spec.headDim() + spec.valueDim());
    }
}
