package io.github.attention4j.internal.java.tiled;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The inner loops of both products in plain Java.
 *
 * <p>They are called through a method handle that the compiler cannot know, only so that it does not put them into
 * their callers: inside other loops, C2 of Java 17 makes no vectors of them (0.12 of the multiply-add peak instead of
 * 0.39; Java 25 does not mind either way).
 */
final class PlainTile {
    private final MethodHandle addFour; // not static: a constant would be inlined again

    PlainTile() {
        this(FusedMultiplyAdd.FAST);
    }

    PlainTile(boolean fused) {
        MethodType type = MethodType.methodType(
                void.class,
                float[].class,
                float[].class,
                float[][].class,
                int.class,
                float[].class,
                int.class,
                int.class,
                int.class);
        try {
            addFour =
                    MethodHandles.lookup().findStatic(PlainTile.class, fused ? "addFourFused" : "addFourUnfused", type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Adds to each of {@code rows} rows the first {@code count} rows of x, the row c times {@code a[at + row * rowStep
     * + c * step]}.
     */
    void multiply(float[][] to, int rows, float[][] x, int count, float[] a, int at, int rowStep, int step) {
        int row = 0;
        for (; row + 2 <= rows; row += 2) {
            int at0 = at + row * rowStep;
            int at1 = at0 + rowStep;
            int c = 0;
            for (; c + 4 <= count; c += 4) {
                addFour(to[row], to[row + 1], x, c, a, at0 + c * step, at1 + c * step, step);
            }
            for (; c < count; c++) {
                addOne(to[row], x[c], a[at0 + c * step]);
                addOne(to[row + 1], x[c], a[at1 + c * step]);
            }
        }
        for (int c = 0; c < count && row < rows; c++) {
            addOne(to[row], x[c], a[at + row * rowStep + c * step]);
        }
    }

    /**
     * Adds the rows x[from] to x[from + 3], times elements of a that lie a step apart from at0 on, to the row to0, and
     * from at1 on to to1: eight products for six loads. More rows at once are no vectors in Java 17.
     */
    void addFour(float[] to0, float[] to1, float[][] x, int from, float[] a, int at0, int at1, int step) {
        try {
            addFour.invokeExact(to0, to1, x, from, a, at0, at1, step);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // it declares none
        }
    }

    private static void addFourFused(
            float[] to0, float[] to1, float[][] x, int from, float[] a, int at0, int at1, int step) {
        float a00 = a[at0];
        float a01 = a[at0 + step];
        float a02 = a[at0 + 2 * step];
        float a03 = a[at0 + 3 * step];
        float a10 = a[at1];
        float a11 = a[at1 + step];
        float a12 = a[at1 + 2 * step];
        float a13 = a[at1 + 3 * step];
        float[] x0 = x[from];
        float[] x1 = x[from + 1];
        float[] x2 = x[from + 2];
        float[] x3 = x[from + 3];
        for (int i = 0; i < to0.length; i++) {
            float y0 = x0[i];
            float y1 = x1[i];
            float y2 = x2[i];
            float y3 = x3[i];
            to0[i] = Math.fma(a03, y3, Math.fma(a02, y2, Math.fma(a01, y1, Math.fma(a00, y0, to0[i]))));
            to1[i] = Math.fma(a13, y3, Math.fma(a12, y2, Math.fma(a11, y1, Math.fma(a10, y0, to1[i]))));
        }
    }

    /** The same one row after the other: unfused, both in one loop are too much for vectors. */
    private static void addFourUnfused(
            float[] to0, float[] to1, float[][] x, int from, float[] a, int at0, int at1, int step) {
        addFourUnfused(to0, x[from], x[from + 1], x[from + 2], x[from + 3], a, at0, step);
        addFourUnfused(to1, x[from], x[from + 1], x[from + 2], x[from + 3], a, at1, step);
    }

    private static void addFourUnfused(
            float[] to, float[] x0, float[] x1, float[] x2, float[] x3, float[] a, int at, int step) {
        float a0 = a[at];
        float a1 = a[at + step];
        float a2 = a[at + 2 * step];
        float a3 = a[at + 3 * step];
        for (int i = 0; i < to.length; i++) {
            to[i] += a0 * x0[i] + a1 * x1[i] + a2 * x2[i] + a3 * x3[i];
        }
    }

    /** Adds the row x times a. */
    static void addOne(float[] to, float[] x, float a) {
        for (int i = 0; i < to.length; i++) {
            to[i] += a * x[i];
        }
    }
}
