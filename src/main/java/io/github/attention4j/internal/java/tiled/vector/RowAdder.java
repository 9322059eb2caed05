package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.tiled.StoredRows;

/** Sums of values of one type, weighted for a few rows. */
interface RowAdder {
    /** {@code outs[i]} += Σ_j {@code weights[i][j]} · value j. */
    void add(float[][] weights, StoredRows value, int keys, float[][] outs);
}
