package io.github.attention4j.internal.cache;

/**
 * The steps of one call on a cache, put together by the host and then run by a {@link KvStore}. Used again for the next
 * call.
 */
public final class KvCall {
    /** Numbers of each entry of {@link #rows}. */
    public static final int ROW_FIELDS = 4;

    /** Pairs: page (or sequence, without pages) to copy, and where to. */
    public final IntList copies = new IntList();

    /** Pairs: element of the page table, and the page it is to name. */
    public final IntList table = new IntList();

    /** Pairs: sequence, and its new length. */
    public final IntList lengths = new IntList();

    /**
     * For each sequence that gets new rows: the sequence, how many, the position of the first, and where they come
     * from: the row of the new tensors that is the first for head 0.
     */
    public final IntList rows = new IntList();

    /** The most rows that any sequence gets. */
    public int mostRows;

    /** Rows of the new tensors from one head to the next. */
    public int headStep;

    /** Rows of the new tensors from one position to the next. */
    public int rowStep;

    /** Begins anew. */
    public void clear() {
        copies.clear();
        table.clear();
        lengths.clear();
        rows.clear();
        mostRows = 0;
    }
}
