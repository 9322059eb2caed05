package io.github.attention4j;

import io.github.attention4j.internal.Sizes;
import java.util.Arrays;
import java.util.Objects;

/**
 * The keys that each query may see as a range, for {@link Operand#KEY_BEGINS} and {@link Operand#KEY_ENDS}.
 *
 * @param begins for each query the first key it may see
 * @param ends for each query the key after the last
 */
public record KeyRanges(int[] begins, int[] ends) {
    /** As many of each. */
    public KeyRanges {
        Objects.requireNonNull(begins, "begins");
        Objects.requireNonNull(ends, "ends");
        if (begins.length != ends.length) {
            throw new IllegalArgumentException(
                    "there must be as many ends as begins, but there are " + ends.length + " and " + begins.length);
        }
    }

    /**
     * Documents one behind another, each to itself: query and key see each other when they belong to the same document
     * (a block-diagonal mask).
     *
     * @param queries of each document
     * @param keys of each document
     * @throws IllegalArgumentException if there are not as many of each, one is negative, or they are more than 2^31
     *     together
     */
    public static KeyRanges ofDocuments(int[] queries, int[] keys) {
        Objects.requireNonNull(queries, "queries");
        Objects.requireNonNull(keys, "keys");
        if (queries.length != keys.length) {
            throw new IllegalArgumentException("both must have a number for each document, but queries has "
                    + queries.length + " and keys " + keys.length);
        }
        long rows = 0;
        long columns = 0;
        for (int i = 0; i < queries.length; i++) {
            if (queries[i] < 0 || keys[i] < 0) {
                throw new IllegalArgumentException("documents must have 0 or more queries and keys, but number " + i
                        + " has " + queries[i] + " and " + keys[i]);
            }
            rows += queries[i]; // of an array's length of ints, the sum fits a long
            columns += keys[i];
        }
        if (rows > Sizes.MOST_OF_ARRAY || columns > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("documents must have at most " + Sizes.MOST_OF_ARRAY
                    + " queries and " + Integer.MAX_VALUE + " keys together, but have " + rows + " and " + columns
                    + "; give them to several calls");
        }
        int[] begins = integers(rows);
        int[] ends = integers(rows);
        int row = 0;
        int key = 0;
        for (int i = 0; i < queries.length; i++) {
            Arrays.fill(begins, row, row + queries[i], key);
            key += keys[i];
            Arrays.fill(ends, row, row + queries[i], key);
            row += queries[i];
        }
        return new KeyRanges(begins, ends);
    }

    private static int[] integers(long length) {
        try {
            return new int[(int) length];
        } catch (OutOfMemoryError e) {
            throw new DeviceException(
                    "out of memory for the ranges of " + length + " queries: the JVM's heap has at most "
                            + Runtime.getRuntime().maxMemory() + " bytes; start the JVM with a larger -Xmx",
                    e);
        }
    }

    /** Documents of one sequence, whose queries and keys are the same tokens. */
    public static KeyRanges ofDocuments(int... lengths) {
        Objects.requireNonNull(lengths, "lengths");
        return ofDocuments(lengths, lengths);
    }
}
