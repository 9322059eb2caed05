package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.tiled.StoredRows;

/** Dot products of few rows with keys of one type. */
interface RowScorer {
    /** Floats of space that it needs. */
    int SPACE = 4 * LaneSums.ROW;

    /**
     * {@code scores[i][j]} = row i · key j, for the rows from {@code first} on. Behind the last key of a row, up to a
     * whole vector, anything is written.
     *
     * @param parts space for {@link #SPACE} floats
     */
    void score(float[][] queries, int first, StoredRows key, int keys, float[] parts, float[][] scores);
}
