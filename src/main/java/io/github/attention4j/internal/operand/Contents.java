package io.github.attention4j.internal.operand;

/** What the numbers of an operand may be; those of integer operands in host arrays are checked before a call. */
public enum Contents {
    /** Anything, NaN and infinity included. Integers that lead to no key hide or show nothing. */
    ANYTHING,
    /** From 0 to keyLength. */
    COUNTS_OF_KEYS,
    /** Rows of the rotary tables. */
    POSITIONS,
    /** Rising, up to the rows of the query, in steps of at most queryLength. */
    OFFSETS_OF_QUERIES,
    /** Rising, up to the rows of the key, in steps of at most keyLength. */
    OFFSETS_OF_KEYS,
    /** Batch entries of the key, as far as the key lengths reach. */
    PAGES,
    /** {@code Dropout.state}: a call over some of the heads has another number of the first head. */
    DROPOUT_STATE
}
