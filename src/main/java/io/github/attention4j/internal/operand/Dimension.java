package io.github.attention4j.internal.operand;

/** The size of one dimension of an operand, in terms of a request. */
public enum Dimension {
    ONE,
    /** As asked for. */
    GIVEN,
    BATCH,
    /** Offsets have a last one, where the last entry ends. */
    BATCH_AND_ONE,
    HEADS,
    KV_HEADS,
    /** Queries of a batch entry, at most; {@link #QUERY_ROWS} are those of the tensor. */
    QUERY_LENGTH,
    /** Keys of a batch entry, at most; {@link #KEY_ROWS} are those of the tensor. */
    KEY_LENGTH,
    HEAD_DIM,
    VALUE_DIM,
    /** Batch entries of the query's tensor: 1 where queries are ragged. */
    QUERY_BATCH,
    QUERY_ROWS,
    /** Batch entries of the key's tensor: 1 where keys are ragged, pages where they are paged. */
    KEY_BATCH,
    KEY_ROWS,
    PAGES_OF_ENTRY,
    /** Positions in the rotary tables. */
    POSITIONS,
    ROTARY_PAIRS,
    /** Scales of a row of {@link OperandRow#scalesOf}. */
    SCALES,
    /** Numbers that say which weights are dropped. */
    DROPOUT_NUMBERS,
    /** Numbers of a head's block mask. */
    BLOCK_NUMBERS
}
