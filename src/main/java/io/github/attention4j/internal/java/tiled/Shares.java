package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;

/** What {@link RowAttention} found about each share of the keys, until all are there; kept for the next call. */
final class Shares {
    private final int count;
    private final int queries;
    private final int columns;

    /** By share: of each row its maximum, its sum, and its sums of weights times values. Null until first used. */
    private final float[][] found;

    /** @param count shares of a head's keys */
    Shares(AttentionSpec spec, int count) {
        this.count = count;
        queries = spec.queryLength();
        columns = spec.valueDim();
        found = new float[spec.batch() * spec.kvHeads() * count][];
    }

    /** Keeps what panels know about a share. */
    void keep(int share, RowPanel[] panels) {
        int row = 2 + columns;
        float[] target = found[share] == null ? new float[panels.length * queries * row] : found[share];
        for (int i = 0, to = 0; i < panels.length; i++) {
            for (int query = 0; query < queries; query++, to += row) {
                panels[i].keep(query, target, to);
            }
        }
        found[share] = target;
    }

    /** Adds what was found about a panel's rows, share after share. */
    void addTo(Totals totals, int head, int panel) {
        int row = 2 + columns;
        for (int share = head * count; share < (head + 1) * count; share++) {
            for (int query = 0; query < queries; query++) {
                int at = (panel * queries + query) * row;
                totals.add(query, found[share][at], found[share][at + 1], found[share], at + 2);
            }
        }
    }
}
