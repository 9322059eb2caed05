package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import java.util.concurrent.atomic.AtomicInteger;

/** The sums of one backward call that its work items share. Whoever does the last item writes them. */
final class GradientSums {
    final GradientShares shares;
    final GradientHeads heads;
    final GradientTensors tensors;
    private final AtomicInteger missing;

    /** @param items of the call */
    GradientSums(AttentionSpec spec, Operands operands, GradientTiles tiles, int items) {
        shares = new GradientShares(items / tiles.shares(), tiles.shares());
        heads = new GradientHeads(spec, operands, tiles);
        tensors = new GradientTensors(spec, operands, items);
        missing = new AtomicInteger(items);
    }

    /** To be called behind each item. */
    void done() {
        if (missing.decrementAndGet() == 0) {
            heads.write();
            tensors.write();
        }
    }
}
