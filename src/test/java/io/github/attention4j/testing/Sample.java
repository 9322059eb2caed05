package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * Which rows of an answer are checked: all of a small problem; of a large one random ones, and the first and last of
 * every entry.
 */
public final class Sample {
    /** All rows. */
    static final Sample ALL = new Sample(null, null);

    private static final int ROWS = 96;
    /** Multiplications of the problems that are checked row by row: some tenths of a second. */
    private static final double SMALL = 2e7;

    private final BitSet rows; // null for all; counting through the entries, and in each through [heads, queries]
    private final int[] begins;

    private Sample(BitSet rows, int[] begins) {
        this.rows = rows;
        this.begins = begins;
    }

    /** The same rows for the same sizes. */
    public static Sample of(AttentionSpec spec, AttentionArrays inputs) {
        Entry[] entries = Entry.of(spec, inputs);
        int[] begins = new int[entries.length + 1];
        double work = 0;
        for (Entry entry : entries) {
            begins[entry.batch() + 1] = Math.addExact(begins[entry.batch()], spec.heads() * entry.queries());
            work += (double) spec.heads() * entry.queries() * entry.keys() * (spec.headDim() + spec.valueDim());
        }
        int all = begins[entries.length];
        if (work <= SMALL || all <= ROWS) {
            return ALL;
        }
        BitSet rows = new BitSet(all);
        new SplittableRandom(all).ints(ROWS, 0, all).forEach(rows::set);
        for (int entry = 0; entry < entries.length; entry++) {
            if (begins[entry] < begins[entry + 1]) {
                rows.set(begins[entry]);
                rows.set(begins[entry + 1] - 1);
            }
        }
        return new Sample(rows, begins);
    }

    boolean isAll() {
        return rows == null;
    }

    /** Whether the row of this query is one of them. */
    public boolean has(Entry entry, int head, int i) {
        return rows == null || rows.get(begins[entry.batch()] + head * entry.queries() + i);
    }
}
