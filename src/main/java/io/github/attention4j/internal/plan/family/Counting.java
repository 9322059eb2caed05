package io.github.attention4j.internal.plan.family;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.Sizes;
import java.util.Optional;

/**
 * What kernels count in 32 bits, beyond what every spec keeps to: work-groups, and where heads share keys the rows of
 * all of them. A tile, or the keys asked for ahead, is added to such a number before it is compared, so half of the
 * range is left free.
 */
public final class Counting {
    private Counting() {}

    /** Why numbers of this launch would not fit, or empty. */
    public static Optional<String> obstacle(AttentionSpec spec, TileConfig tiles, int groupQueries, KeySplit split) {
        boolean joined = tiles.areHeadsJoined();
        long rows = spec.queryLength() * (joined ? (long) spec.groupSize() : 1);
        if (rows > Sizes.MOST_ROWS) {
            return Optional.of("queryLength x heads of a key/value head = " + spec.queryLength() + " x "
                    + spec.groupSize() + " are more rows than the " + Sizes.MOST_ROWS + " it can count");
        }
        long ofHead = ((rows - 1) / groupQueries + 1) * split.splits();
        long groups = Sizes.times(ofHead, spec.batch(), joined ? spec.kvHeads() : spec.heads(), 1);
        if (groups > Integer.MAX_VALUE) {
            return Optional.of("batch x heads x work-groups of a head = " + spec.batch() + " x "
                    + (joined ? spec.kvHeads() : spec.heads()) + " x " + ofHead + " are more than the "
                    + Integer.MAX_VALUE + " work-groups it can count; split the batch into several calls");
        }
        return Optional.empty();
    }
}
