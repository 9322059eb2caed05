package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

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

    /** How many of so many rows are taken together. */
    static int together(int rows) {
        return rows >= 4 && VECTOR >= ScoreTile.WIDE ? 4 : Math.min(rows, 2);
    }

    /**
     * The static method of this name that makes dot products of one, two or four rows.
     *
     * <p>Its parameters are the rows, the number of the first of them, the keys, the number of the first key and that
     * of the last there is, and the space: for as many keys as a vector has lanes it writes a vector of sums each, for
     * {@link LaneSums}.
     */
    static MethodHandle loop(MethodHandles.Lookup owner, String name) {
        return Apart.find(
                owner, name, float[][].class, int.class, StoredRows.class, int.class, int.class, float[].class);
    }

    /** {@link #score} by a {@link #loop} for one row, one for two and one for four. */
    static void score(
            MethodHandle ofOne,
            MethodHandle ofTwo,
            MethodHandle ofFour,
            float[][] queries,
            int first,
            StoredRows key,
            int keys,
            float[] parts,
            float[][] scores) {
        int rows;
        for (int row = first; row < queries.length; row += rows) {
            rows = together(queries.length - row);
            for (int j = 0; j < keys; j += VECTOR) {
                try {
                    switch (rows) {
                        case 4 -> ofFour.invokeExact(queries, row, key, j, keys - 1, parts);
                        case 2 -> ofTwo.invokeExact(queries, row, key, j, keys - 1, parts);
                        default -> ofOne.invokeExact(queries, row, key, j, keys - 1, parts);
                    }
                } catch (Throwable e) {
                    throw Apart.thrown(e);
                }
                LaneSums.ofRows(parts, rows, scores, row, j);
            }
        }
    }
}
