package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.Neighbours.OTHER1;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.OTHER2;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.OTHER4;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.OTHER8;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.SECOND1;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.SECOND2;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.SECOND4;
import static io.github.attention4j.internal.java.tiled.vector.Neighbours.SECOND8;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * Sums across the lanes of as many vectors as a vector has lanes, each sum in the lane of its vector's number. They are
 * taken together: of two vectors, one of the sums of neighbours is made, half of whose lanes are of the one and half of
 * the other, and so on. So the bits of a sum do not depend on the others.
 */
final class LaneSums {
    /** Floats of the vectors for one row of sums. */
    static final int ROW = VECTOR * VECTOR;

    private static final int FOUR = 4;

    private static MethodHandle addFours = Apart.find(MethodHandles.lookup(), "addFours", float[].class, int.class);
    private static MethodHandle join =
            Apart.find(MethodHandles.lookup(), "join", float[].class, int.class, float[][].class, int.class, int.class);

    private static final float[] PARTS = new float[ROW];
    private static final float[][] SUMS = new float[1][VECTOR];
    private static final Practice PRACTICE =
            new Practice(20, turn -> vectors(PARTS, turn % 16 == 0 ? ROW : FOUR * VECTOR, 1, SUMS, 0, 0));

    private LaneSums() {}

    /** Else {@link RowNumbers} is sooner. */
    static boolean areCompiled() {
        return PRACTICE.isOver();
    }

    /**
     * Writes the sums of vectors that lie one behind the other, for some rows.
     *
     * @param parts the vectors, {@link #ROW} floats for each row; not kept
     * @param at where a row's sums go to
     */
    static void ofRows(float[] parts, int rows, float[][] sums, int first, int at) {
        vectors(parts, rows * ROW, rows, sums, first, at);
    }

    private static void vectors(float[] parts, int end, int rows, float[][] sums, int first, int at) {
        try {
            addFours.invokeExact(parts, end);
            join.invokeExact(parts, rows, sums, first, at);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    /** Leaves the sums over each fourth lane of four vectors where the first one lay. */
    private static void addFours(float[] parts, int end) {
        for (int from = 0; from < end; from += FOUR * VECTOR) {
            FloatVector s0 = vector(parts, from);
            FloatVector s1 = vector(parts, from + VECTOR);
            FloatVector s2 = vector(parts, from + 2 * VECTOR);
            FloatVector s3 = vector(parts, from + 3 * VECTOR);
            s0 = s0.blend(s1, SECOND1).add(s1.blend(s0, SECOND1).rearrange(OTHER1));
            s2 = s2.blend(s3, SECOND1).add(s3.blend(s2, SECOND1).rearrange(OTHER1));
            s0 = s0.blend(s2, SECOND2).add(s2.blend(s0, SECOND2).rearrange(OTHER2));
            s0.intoArray(parts, from);
        }
    }

    /** Adds up what is left of each row, and writes it. */
    private static void join(float[] parts, int rows, float[][] sums, int first, int at) {
        for (int row = 0; row < rows; row++) {
            FloatVector s0 = vector(parts, row * ROW);
            if (VECTOR > FOUR) {
                FloatVector s4 = vector(parts, row * ROW + FOUR * VECTOR);
                s0 = s0.blend(s4, SECOND4).add(s4.blend(s0, SECOND4).rearrange(OTHER4));
            }
            if (VECTOR > 2 * FOUR) {
                FloatVector s8 = vector(parts, row * ROW + 2 * FOUR * VECTOR);
                FloatVector s12 = vector(parts, row * ROW + 3 * FOUR * VECTOR);
                s8 = s8.blend(s12, SECOND4).add(s12.blend(s8, SECOND4).rearrange(OTHER4));
                s0 = s0.blend(s8, SECOND8).add(s8.blend(s0, SECOND8).rearrange(OTHER8));
            }
            s0.intoArray(sums[first + row], at);
        }
    }

    private static FloatVector vector(float[] parts, int at) {
        return FloatVector.fromArray(SPECIES, parts, at);
    }
}
