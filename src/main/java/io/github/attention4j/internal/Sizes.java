package io.github.attention4j.internal;

import io.github.attention4j.DeviceException;

/**
 * Sizes in exact arithmetic, and the limits that they are held against. What a long does not hold counts as
 * {@link Long#MAX_VALUE}, which is beyond every limit: so checks compare, and nobody meets an overflow. All numbers are
 * at least 0.
 */
public final class Sizes {
    /** The most elements of a tensor, and of the array it lies in: positions and bytes then stay within a long. */
    public static final long MOST_ELEMENTS = 1L << 60;

    /**
     * The most queries and the most keys of a head: kernels count rows in 32 bits, and add a query's number to a key's.
     */
    public static final int MOST_ROWS = 1 << 30;

    /**
     * The most keys that a kernel sums one after the other: well below the 2^24 like terms from which on a sum of
     * floats does not grow.
     */
    public static final int MOST_OF_SHARE = 1 << 22;

    /** The longest array that every JVM can make. */
    public static final int MOST_OF_ARRAY = Integer.MAX_VALUE - 8;

    private Sizes() {}

    /** The product. */
    public static long times(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
    }

    /** The product of four. */
    public static long times(long a, long b, long c, long d) {
        return times(times(a, b), times(c, d)); // a 0 among them makes it 0, so order does not matter
    }

    /** The sum. */
    public static long plus(long a, long b) {
        return a + b >= 0 ? a + b : Long.MAX_VALUE;
    }

    /** How many parts of size {@code b} hold {@code a}. */
    public static int ceilDiv(int a, int b) {
        return (int) ((a + (long) b - 1) / b);
    }

    /** Checks that an array can have so many elements; returns them. */
    public static int ofArray(String name, long elements, String wayOut) {
        if (elements > MOST_OF_ARRAY) {
            throw new IllegalArgumentException(
                    name + " would have " + (elements == Long.MAX_VALUE ? "more than 2^63" : elements)
                            + " elements, but a Java array can have at most " + MOST_OF_ARRAY + "; " + wayOut);
        }
        return (int) elements;
    }

    /**
     * A new array.
     *
     * @throws IllegalArgumentException if no array can be so long
     * @throws DeviceException if the heap has no room for it
     */
    public static float[] floats(String name, long elements, String wayOut) {
        int length = ofArray(name, elements, wayOut);
        try {
            return new float[length];
        } catch (OutOfMemoryError e) {
            throw new DeviceException(
                    "out of memory for " + name + ": asked for " + (long) Float.BYTES * length
                            + " bytes, the JVM's heap has at most "
                            + Runtime.getRuntime().maxMemory() + "; start the JVM with a larger -Xmx, or " + wayOut,
                    e);
        }
    }
}
