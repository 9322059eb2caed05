package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/** Sums of values of one type, weighted for a few rows. */
interface RowAdder {
    /** {@code outs[i]} += Σ_j {@code weights[i][j]} · value j. */
    void add(float[][] weights, StoredRows value, int keys, float[][] outs);

    /**
     * The static method of this name that adds to some columns of one, two or four rows. Its parameters are the
     * weights, the number of the first row, the values, how many, the rows, and the first column.
     */
    static MethodHandle loop(MethodHandles.Lookup owner, String name) {
        return Apart.find(
                owner, name, float[][].class, int.class, StoredRows.class, int.class, float[][].class, int.class);
    }
}
