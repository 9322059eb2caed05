package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.tiled.StoredRows;

/** Dot products of few rows with keys of one type. */
interface RowScorer {
    /** The most products that are made at a time. */
    int MOST = 16;

    /**
     * {@code scores[i][j]} = row i · key j, for the rows from {@code first} on.
     *
     * @param sums space for {@link #MOST}
     */
    void score(float[][] queries, int first, StoredRows key, int keys, float[] sums, float[][] scores);
}
