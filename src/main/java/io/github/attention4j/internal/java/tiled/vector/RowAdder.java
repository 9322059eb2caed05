package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.memory.Codec;
import io.github.attention4j.internal.java.tiled.StoredRows;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/** Sums of values of one type, weighted for a few rows. */
interface RowAdder {
    /** {@code outs[i]} += Σ_j {@code weights[i][j]} · value j. */
    void add(float[][] weights, StoredRows value, int keys, float[][] outs);

    /** A loop over some columns of one, two or four rows; no constant where it is called, see {@link Apart}. */
    final class Loop {
        private final MethodHandle loop;
        private final int rows;
        private final int columns;
        private final Practice practice;

        /**
         * The static method of this name. Its parameters are the weights, the number of the first row, the values, how
         * many, the rows, and the first column.
         */
        Loop(MethodHandles.Lookup owner, Codec codec, String name, int rows, int columns) {
            this.rows = rows;
            this.columns = columns;
            loop = Apart.find(
                    owner, name, float[][].class, int.class, StoredRows.class, int.class, float[][].class, int.class);
            LittleRows little = LittleRows.of(codec);
            float[][] outs = new float[rows][columns];
            practice = new Practice(
                    LittleRows.OPERATIONS * rows,
                    turn -> addVectors(little.rows(turn), 0, little.stored, little.count(turn), outs, 0));
        }

        /** To the columns from one on, while it has enough of them; returns the first that is left over. */
        int add(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int from) {
            int end = from + (outs[row].length - from) / columns * columns;
            if (from < end && !practice.isOver()) {
                RowNumbers.add(weights, row, rows, value, keys, outs, from, end);
                return end;
            }
            for (int d = from; d < end; d += columns) {
                addVectors(weights, row, value, keys, outs, d);
            }
            return end;
        }

        private void addVectors(float[][] weights, int row, StoredRows value, int keys, float[][] outs, int d) {
            try {
                loop.invokeExact(weights, row, value, keys, outs, d);
            } catch (Throwable e) {
                throw Apart.thrown(e);
            }
        }
    }
}
