package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/** Dot products of few rows with keys of one type, by a loop for one row, one for two and one for four. */
abstract class RowScorer {
    /** Floats of space that it needs. */
    static final int SPACE = 4 * LaneSums.ROW;

    private final Loop ofOne;
    private final Loop ofTwo;
    private final Loop ofFour;

    /**
     * With the static methods of these names, of the class of a lookup.
     *
     * <p>Their parameters are the rows, the number of the first of them, the keys, the number of the first key and that
     * of the last there is, and the space: for as many keys as a vector has lanes they write a vector of sums each, for
     * {@link LaneSums}.
     */
    RowScorer(MethodHandles.Lookup owner, Codec codec, String one, String two, String four) {
        LittleRows little = LittleRows.of(codec);
        ofOne = new Loop(loop(owner, one), 1, little);
        ofTwo = new Loop(loop(owner, two), 2, little);
        ofFour = new Loop(loop(owner, four), 4, little);
    }

    private static MethodHandle loop(MethodHandles.Lookup owner, String name) {
        return Apart.find(
                owner, name, float[][].class, int.class, StoredRows.class, int.class, int.class, float[].class);
    }

    /** A loop, which is no constant where it is called: see {@link Apart}. */
    private static final class Loop {
        private final MethodHandle loop;
        private final Practice practice;

        Loop(MethodHandle loop, int rows, LittleRows little) {
            this.loop = loop;
            float[] parts = new float[SPACE];
            practice = new Practice(
                    LittleRows.OPERATIONS * rows,
                    turn -> score(little.rows(turn), 0, little.stored, 0, little.count(turn) - 1, parts));
        }

        boolean isCompiled() {
            return practice.isOver();
        }

        void score(float[][] queries, int row, StoredRows key, int first, int last, float[] parts) {
            try {
                loop.invokeExact(queries, row, key, first, last, parts);
            } catch (Throwable e) {
                throw Apart.thrown(e);
            }
        }
    }

    /** How many of so many rows are taken together. */
    static int together(int rows) {
        return rows >= 4 && VECTOR >= ScoreTile.WIDE ? 4 : Math.min(rows, 2);
    }

    /**
     * {@code scores[i][j]} = row i · key j, for the rows from {@code first} on. Behind the last key of a row, up to a
     * whole vector, anything is written.
     *
     * @param parts space for {@link #SPACE} floats
     */
    void score(float[][] queries, int first, StoredRows key, int keys, float[] parts, float[][] scores) {
        int rows;
        for (int row = first; row < queries.length; row += rows) {
            rows = together(queries.length - row);
            Loop loop =
                    switch (rows) {
                        case 4 -> ofFour;
                        case 2 -> ofTwo;
                        default -> ofOne;
                    };
            if (!loop.isCompiled() | !LaneSums.areCompiled()) { // both go on practising
                RowNumbers.score(queries, row, rows, key, keys, parts, scores);
                continue;
            }
            for (int j = 0; j < keys; j += VECTOR) {
                loop.score(queries, row, key, j, keys - 1, parts);
                LaneSums.ofRows(parts, rows, scores, row, j);
            }
        }
    }
}
