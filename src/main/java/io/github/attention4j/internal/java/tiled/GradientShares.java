package io.github.attention4j.internal.java.tiled;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What the shares of each key/value head found about the gradients of its queries: blocks of rows, null where a share
 * has nothing to say. Whoever brings the last share of a head gets all of them, to sum them in their order.
 */
final class GradientShares {
    private final int shares;
    private final float[][][] blocks;
    private final AtomicIntegerArray missing;

    GradientShares(int heads, int shares) {
        this.shares = shares;
        blocks = new float[Math.multiplyExact(heads, shares)][][];
        missing = new AtomicIntegerArray(heads);
        for (int head = 0; head < heads; head++) {
            missing.set(head, shares);
        }
    }

    /** Takes a share; returns all of its head's if it was the last, else null. */
    float[][][] put(int head, int share, float[][] found) {
        blocks[head * shares + share] = found;
        if (missing.decrementAndGet(head) > 0) {
            return null;
        }
        float[][][] all = new float[shares][][];
        for (int s = 0; s < shares; s++) {
            all[s] = blocks[head * shares + s];
            blocks[head * shares + s] = null;
        }
        return all;
    }
}
