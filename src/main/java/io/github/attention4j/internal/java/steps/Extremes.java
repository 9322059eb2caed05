package io.github.attention4j.internal.java.steps;

/**
 * The least and the largest of neighbouring integers of a tensor that a function reads, where many are asked for at a
 * time: of blocks of them they are found once, when first wanted. For one thread.
 */
final class Extremes {
    /** Elements of a block: what a panel of 512-bit vectors has of queries, so that one look is enough for those. */
    private static final int BLOCK = 32;

    private final CallNumbers call;
    private final int tensor;
    private int[] leasts = {};
    private int[] mosts = {};
    private long[] known = {};
    private int least;
    private int most;

    Extremes(CallNumbers call, int tensor) {
        this.call = call;
        this.tensor = tensor;
    }

    /** How many numbers, of elements or of blocks, are looked at for so many neighbours. */
    static int looks(int neighbours) {
        return neighbours < 2 * BLOCK ? neighbours : neighbours / BLOCK + 2 * BLOCK;
    }

    /** Looks at so many neighbours. */
    void look(int at, int neighbours) {
        least = Integer.MAX_VALUE;
        most = Integer.MIN_VALUE;
        int end = at + neighbours;
        while (at < end) {
            if (at % BLOCK == 0 && at + BLOCK <= end) {
                int block = at / BLOCK;
                if (!isKnown(block)) {
                    find(block);
                }
                least = Math.min(least, leasts[block]);
                most = Math.max(most, mosts[block]);
                at += BLOCK;
            } else {
                int element = call.integer(tensor, at++);
                least = Math.min(least, element);
                most = Math.max(most, element);
            }
        }
    }

    private boolean isKnown(int block) {
        return block / Long.SIZE < known.length && (known[block / Long.SIZE] >>> block & 1) != 0;
    }

    private void find(int block) {
        if (known.length == 0) {
            int blocks = call.elements(tensor) / BLOCK;
            leasts = new int[blocks];
            mosts = new int[blocks];
            known = new long[blocks / Long.SIZE + 1];
        }
        int of = Integer.MAX_VALUE;
        int to = Integer.MIN_VALUE;
        for (int at = block * BLOCK; at < (block + 1) * BLOCK; at++) {
            int element = call.integer(tensor, at);
            of = Math.min(of, element);
            to = Math.max(to, element);
        }
        leasts[block] = of;
        mosts[block] = to;
        known[block / Long.SIZE] |= 1L << block;
    }

    /** The least of those that were looked at last. */
    int least() {
        return least;
    }

    /** The largest of those. */
    int most() {
        return most;
    }
}
