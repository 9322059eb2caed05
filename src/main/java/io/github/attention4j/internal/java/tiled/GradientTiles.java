package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;

/**
 * How the pairs of a backward call are cut: into panels of {@code lanes} keys, {@code panels} of which are a tile that
 * blocks of {@code rows} queries walk past; a key/value head's tiles are dealt out to {@code shares}. All of it follows
 * from the spec alone, and with it the order in which anything is summed.
 */
record GradientTiles(int lanes, int panels, int rows, int shares) {
    /** Key/value heads and shares that keep the threads of any machine busy. */
    private static final int ITEMS = 16;

    /** Each share has its own sums for the gradients of queries. */
    private static final int MOST_SHARES = 4;

    static GradientTiles of(AttentionSpec spec, MicroKernels kernels) {
        int lanes = kernels.keyLanes(spec.keyLength());
        int panels = Math.min(kernels.keyPanels(), blocks(spec.keyLength(), lanes));
        int rows = Math.min(kernels.queryRows(), spec.queryLength());
        long heads = (long) spec.batch() * spec.kvHeads();
        int wanted = (int) Math.min(MOST_SHARES, (ITEMS + heads - 1) / heads);
        return new GradientTiles(lanes, panels, rows, Math.min(wanted, blocks(spec.keyLength(), lanes * panels)));
    }

    /** Keys of a tile. */
    int keys() {
        return lanes * panels;
    }

    /** Blocks that so many queries are. */
    int blocks(int queries) {
        return blocks(queries, rows);
    }

    private static int blocks(int n, int size) {
        return (n + size - 1) / size;
    }
}
