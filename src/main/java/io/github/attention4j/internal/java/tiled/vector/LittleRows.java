package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.DType;
import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;

/** What loops over few rows practise on, see {@link Practice}: zeros, one step and sometimes two. */
final class LittleRows {
    /** Operations on vectors that such a loop takes at least for each of its rows. */
    static final int OPERATIONS = 7;

    /** A little more than a step. */
    private static final int MOST = 5;

    private static final int COLUMNS = 4 * VECTOR;

    /** Keys or values. */
    final StoredRows stored;

    private final float[][] shortRows;
    private final float[][] longRows = new float[4][COLUMNS];

    private LittleRows(StoredRows stored, int unit) {
        this.stored = stored;
        shortRows = new float[4][unit];
    }

    static LittleRows of(Codec codec) {
        int units = COLUMNS / codec.packed();
        Object array =
                switch (codec) {
                    case F32 -> new float[MOST * units];
                    case F16, BF16 -> new short[MOST * units];
                    default -> new byte[MOST * units];
                };
        int groups = Math.max(1, COLUMNS / DType.GROUP);
        return new LittleRows(
                StoredRows.of(codec, array, units, new float[MOST * groups], groups), VECTOR * codec.packed());
    }

    /** Of keys or values. */
    int count(int turn) {
        return turn % 16 == 0 ? MOST : 1;
    }

    /** Four rows: of as many queries, or their weights. */
    float[][] rows(int turn) {
        return turn % 16 == 0 ? longRows : shortRows;
    }
}
