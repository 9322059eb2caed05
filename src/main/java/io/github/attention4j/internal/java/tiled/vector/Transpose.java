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
 * Rows that become columns: of queries when they are loaded, of outputs when they are stored. Squares of a vector's
 * length go through registers: as a row of a square and the one 1, 2, 4 or 8 further on exchange what lies beside its
 * diagonal, one size after the other, which makes the square's transpose. One by one the same elements took half of the
 * time of a call of 64 queries and keys (headDim 64, Zen 5).
 */
final class Transpose {
    /** As many panels as long calls do not have soon: a rearrangement that is not compiled makes 1.7 KB of garbage. */
    private static final int RESTS = 20_000;

    private static MethodHandle squares = Apart.find(
            MethodHandles.lookup(),
            "squares",
            float[].class,
            int.class,
            int.class,
            int.class,
            int.class,
            float[].class,
            int.class,
            int.class,
            float[].class);

    private static final float[] ROWS = new float[VECTOR * VECTOR];
    private static final float[] COLUMNS = new float[VECTOR * VECTOR];
    private static final Practice PRACTICE = new Practice(30, RESTS, Transpose::practise);

    /** What lies between the two passes over a square. For one thread. */
    private final float[] between = new float[VECTOR * VECTOR];

    private static void practise(int turn) {
        near(ROWS, 0, VECTOR, COLUMNS, 0, VECTOR);
        if (VECTOR > 4) {
            far(ROWS, 0, COLUMNS, 0, VECTOR);
        }
    }

    /** Writes element {@code column} of row {@code row} to {@code target[to + column * targetStride + row]}. */
    void turn(float[] source, int at, int stride, int rows, int columns, float[] target, int to, int targetStride) {
        boolean bySquares = (VECTOR == 4 || VECTOR == 8 || VECTOR == 16) && PRACTICE.isOver();
        int wholeRows = bySquares ? rows / VECTOR * VECTOR : 0;
        int wholeColumns = columns / VECTOR * VECTOR;
        if (wholeRows > 0) {
            turnSquares(source, at, stride, wholeRows, wholeColumns, target, to, targetStride, between);
        }
        turnOnes(source, at, stride, 0, wholeRows, wholeColumns, columns, target, to, targetStride);
        for (int column = 0; column < columns; column += VECTOR) { // so that the lines of both stay near
            int end = Math.min(column + VECTOR, columns);
            turnOnes(source, at, stride, wholeRows, rows, column, end, target, to, targetStride);
        }
    }

    private static void turnSquares(
            float[] source,
            int at,
            int stride,
            int rows,
            int columns,
            float[] target,
            int to,
            int targetStride,
            float[] between) {
        try {
            squares.invokeExact(source, at, stride, rows, columns, target, to, targetStride, between);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void turnOnes(
            float[] source,
            int at,
            int stride,
            int row,
            int endRow,
            int column,
            int endColumn,
            float[] target,
            int to,
            int targetStride) {
        for (int i = row; i < endRow; i++) {
            turnRow(
                    source,
                    at + i * stride + column,
                    endColumn - column,
                    target,
                    to + column * targetStride + i,
                    targetStride);
        }
    }

    private static void turnRow(float[] source, int at, int count, float[] target, int to, int targetStride) {
        for (int i = 0; i < count; i++) {
            target[to + i * targetStride] = source[at + i];
        }
    }

    private static void squares(
            float[] source,
            int at,
            int stride,
            int rows,
            int columns,
            float[] target,
            int to,
            int targetStride,
            float[] between) {
        for (int row = 0; row < rows; row += VECTOR) {
            for (int column = 0; column < columns; column += VECTOR) {
                square(
                        source,
                        at + row * stride + column,
                        stride,
                        target,
                        to + column * targetStride + row,
                        targetStride,
                        between);
            }
        }
    }

    private static void square(
            float[] source, int at, int stride, float[] target, int to, int targetStride, float[] between) {
        if (VECTOR == 4) {
            near(source, at, stride, target, to, targetStride);
            return;
        }
        for (int i = 0; i < VECTOR; i += 4) {
            near(source, at + i * stride, stride, between, i * VECTOR, VECTOR);
        }
        for (int i = 0; i < 4; i++) {
            far(between, i * VECTOR, target, to + i * targetStride, targetStride);
        }
    }

    /** Of four rows those that are 1 and then those that are 2 from each other. */
    private static void near(float[] source, int at, int stride, float[] target, int to, int targetStride) {
        FloatVector r0 = FloatVector.fromArray(SPECIES, source, at);
        FloatVector r1 = FloatVector.fromArray(SPECIES, source, at + stride);
        FloatVector r2 = FloatVector.fromArray(SPECIES, source, at + 2 * stride);
        FloatVector r3 = FloatVector.fromArray(SPECIES, source, at + 3 * stride);
        FloatVector cross0 = r1.blend(r0, SECOND1).rearrange(OTHER1);
        FloatVector cross2 = r3.blend(r2, SECOND1).rearrange(OTHER1);
        FloatVector s0 = r0.blend(cross0, SECOND1);
        FloatVector s1 = cross0.blend(r1, SECOND1);
        FloatVector s2 = r2.blend(cross2, SECOND1);
        FloatVector s3 = cross2.blend(r3, SECOND1);
        FloatVector cross02 = s2.blend(s0, SECOND2).rearrange(OTHER2);
        FloatVector cross13 = s3.blend(s1, SECOND2).rearrange(OTHER2);
        s0.blend(cross02, SECOND2).intoArray(target, to);
        s1.blend(cross13, SECOND2).intoArray(target, to + targetStride);
        cross02.blend(s2, SECOND2).intoArray(target, to + 2 * targetStride);
        cross13.blend(s3, SECOND2).intoArray(target, to + 3 * targetStride);
    }

    /** Of every fourth row those that are 4 and then, where there are as many, those that are 8 from each other. */
    private static void far(float[] source, int at, float[] target, int to, int targetStride) {
        FloatVector r0 = FloatVector.fromArray(SPECIES, source, at);
        FloatVector r1 = FloatVector.fromArray(SPECIES, source, at + 4 * VECTOR);
        FloatVector cross0 = r1.blend(r0, SECOND4).rearrange(OTHER4);
        FloatVector s0 = r0.blend(cross0, SECOND4);
        FloatVector s1 = cross0.blend(r1, SECOND4);
        if (VECTOR == 8) {
            s0.intoArray(target, to);
            s1.intoArray(target, to + 4 * targetStride);
            return;
        }
        FloatVector r2 = FloatVector.fromArray(SPECIES, source, at + 8 * VECTOR);
        FloatVector r3 = FloatVector.fromArray(SPECIES, source, at + 12 * VECTOR);
        FloatVector cross2 = r3.blend(r2, SECOND4).rearrange(OTHER4);
        FloatVector s2 = r2.blend(cross2, SECOND4);
        FloatVector s3 = cross2.blend(r3, SECOND4);
        FloatVector cross02 = s2.blend(s0, SECOND8).rearrange(OTHER8);
        FloatVector cross13 = s3.blend(s1, SECOND8).rearrange(OTHER8);
        s0.blend(cross02, SECOND8).intoArray(target, to);
        s1.blend(cross13, SECOND8).intoArray(target, to + 4 * targetStride);
        cross02.blend(s2, SECOND8).intoArray(target, to + 8 * targetStride);
        cross13.blend(s3, SECOND8).intoArray(target, to + 12 * targetStride);
    }
}
