package io.github.attention4j.internal.java.steps;

import io.github.attention4j.score.Operation;
import java.util.Arrays;

/**
 * The loops over neighbours that steps of {@link RowFunction} are made of, here in plain Java. Parts of arrays, which
 * begin elsewhere than at 0, are only given to loops that {@link #takeParts}.
 */
public class StepLoops {
    /** Those of plain Java. */
    public static final StepLoops PLAIN = new StepLoops();

    /** For the implementations. */
    protected StepLoops() {}

    /** Whether floats may be in a part of an array: the compiler makes no vectors of plain loops over such. */
    public boolean takeParts() {
        return false;
    }

    /** An operation on floats; {@code b} is null for one with one argument. */
    public void compute(Operation operation, float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
        FloatLoops.compute(operation, a, b, to, count);
    }

    /** Writes 1 where a comparison of floats is true, else 0. */
    public void compare(Operation operation, float[] a, int aAt, float[] b, int bAt, int[] to, int count) {
        FloatLoops.compare(operation, a, b, to, count);
    }

    /** The first where there is a 1, else the second. */
    public void choose(
            int[] is, float[] first, int firstAt, float[] second, int secondAt, float[] to, int toAt, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = is[i] != 0 ? first[i] : second[i];
        }
    }

    /** Integers as floats. */
    public void toFloats(int[] from, float[] to, int toAt, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = from[i];
        }
    }

    /** Copies rows of neighbours, each of which begins {@code step} before or after the one before it. */
    public void copyRows(float[] from, int first, int step, float[] to, int toAt, int rows, int lanes) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(from, first + row * step, to, toAt + row * lanes, lanes);
        }
    }

    /** Likewise. */
    public void copyRows(int[] from, int first, int step, int[] to, int toAt, int rows, int lanes) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(from, first + row * step, to, toAt + row * lanes, lanes);
        }
    }

    /** Fills each row with its number. */
    public final void fillRows(float[] from, int first, float[] to, int toAt, int rows, int lanes) {
        for (int row = 0; row < rows; row++) {
            Arrays.fill(to, toAt + row * lanes, toAt + (row + 1) * lanes, from[first + row]);
        }
    }

    /** Likewise. */
    public final void fillRows(int[] from, int first, int[] to, int toAt, int rows, int lanes) {
        for (int row = 0; row < rows; row++) {
            Arrays.fill(to, toAt + row * lanes, toAt + (row + 1) * lanes, from[first + row]);
        }
    }

    /** Whether there is any 1. */
    public boolean isAny(int[] truths, int count) {
        int any = 0;
        for (int i = 0; i < count; i++) {
            any |= truths[i];
        }
        return any != 0;
    }

    /** Makes −∞ of terms that are not kept; both may be parts of arrays. */
    public void hide(int[] kept, int first, float[] terms, int at, int count) {
        for (int i = 0; i < count; i++) {
            terms[at + i] = kept[first + i] == 0 ? Float.NEGATIVE_INFINITY : terms[at + i];
        }
    }
}
