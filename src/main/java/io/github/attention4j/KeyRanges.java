package io.github.attention4j;

import java.util.Arrays;

/**
 * The keys that each query may see as a range, for {@link Operand#KEY_BEGINS} and {@link Operand#KEY_ENDS}.
 *
 * @param begins for each query the first key it may see
 * @param ends for each query the key after the last
 */
public record KeyRanges(int[] begins, int[] ends) {
    /** As many of each. */
    public KeyRanges {
        if (begins.length != ends.length) {
            throw new IllegalArgumentException(
                    "there must be as many ends as begins, but there are " + ends.length + " and " + begins.length);
        }
    }

    /**
     * Documents one behind another, each to itself: query and key see each other when they belong to the same document (a block-diagonal
     * mask).
     *
     * @param queries of each document
     * @param keys of each document
     */
    public static KeyRanges ofDocuments(int[] queries, int[] keys) {
        if (queries.length != keys.length) {
            throw new IllegalArgumentException("both must have a number for each document, but queries has "
                    + queries.length + " and keys " + keys.length);
        }
        int rows = 0;
        for (int i = 0; i < queries.length; i++) {
            if (queries[i] < 0 || keys[i] < 0) {
                throw new IllegalArgumentException("documents must have 0 or more queries and keys, but number " + i
                        + " has " + queries[i] + " and " + keys[i]);
            }
            rows = Math.addExact(rows, queries[i]);
        }
        int[] begins = new int[rows];
        int[] ends = new int[rows];
        int row = 0;
        int key = 0;
        for (int i = 0; i < queries.length; i++) {
            Arrays.fill(begins, row, row + queries[i], key);
            key = Math.addExact(key, keys[i]);
            Arrays.fill(ends, row, row + queries[i], key);
            row += queries[i];
        }
        return new KeyRanges(begins, ends);
    }

    /** Documents of one sequence, whose queries and keys are the same tokens. */
    public static KeyRanges ofDocuments(int... lengths) {
        return ofDocuments(lengths, lengths);
    }
}
