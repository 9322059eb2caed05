package io.github.attention4j.internal.cache;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The sequences of a cache as the host knows them: their lengths and their pages. Arguments were checked. */
public final class Sequences {
    private static final int NOT_THERE = -1;

    private final int[] lengths;
    /** Of each sequence, the first page that it still has: those before it are out of its window and free again. */
    private final int[] firstPages;

    /** [sequence, page]; null without pages. */
    private final int[] table;

    /** In which numbers are given out. */
    private final int[] order;

    private final int tablePages;
    private final int pageSize;
    private final int window;
    private final PagePool pool;
    private int count;

    /**
     * @param pageSize 0 for none
     * @param window keys before its own that a query sees, −1 for all
     */
    public Sequences(int sequences, int maxLength, int pageSize, int pages, int window) {
        this(IntStream.range(0, sequences).toArray(), maxLength, pageSize, pages, window);
    }

    /** Likewise, with the order in which numbers of sequences are given out. */
    public Sequences(int[] order, int maxLength, int pageSize, int pages, int window) {
        int sequences = order.length;
        this.order = order.clone();
        lengths = new int[sequences];
        Arrays.fill(lengths, NOT_THERE);
        firstPages = new int[sequences];
        this.pageSize = pageSize;
        this.window = window;
        tablePages = pageSize == 0 ? 0 : (maxLength - 1) / pageSize + 1;
        table = pageSize == 0 ? null : new int[sequences * tablePages];
        pool = new PagePool(pages);
    }

    /** Whether there is such a sequence. */
    public boolean has(int sequence) {
        return sequence >= 0 && sequence < lengths.length && lengths[sequence] != NOT_THERE;
    }

    /** Rows of a sequence. */
    public int length(int sequence) {
        return lengths[sequence];
    }

    /** Sequences that there are. */
    public int count() {
        return count;
    }

    /** Pages of no sequence. */
    public int freePages() {
        return pool.free();
    }

    /**
     * The shortest length that a sequence can be trimmed to: what a query there would see is still there, or nothing is
     * left.
     */
    public int leastTrim(int sequence) {
        int first = firstPages[sequence];
        return first == 0 ? 0 : first * pageSize + window;
    }

    /** A new, empty sequence, or −1 if there is no room for one. */
    public int open() {
        for (int sequence : order) {
            if (lengths[sequence] == NOT_THERE) {
                lengths[sequence] = 0;
                firstPages[sequence] = 0;
                count++;
                return sequence;
            }
        }
        return -1;
    }

    /** From here on what {@link #makeRoom} took can be given back. */
    public void begin() {
        pool.begin();
    }

    /** Gives everything back that was taken since {@link #begin}. */
    public void rollBack() {
        pool.rollBack();
    }

    /**
     * Takes the pages for new rows, and first gives back those left of the window. What changes is added to the call;
     * the table here changes with {@link #commit}.
     *
     * @return whether there were enough pages
     */
    public boolean makeRoom(int sequence, int rows, KvCall call) {
        if (table == null || rows == 0) {
            return true;
        }
        int length = lengths[sequence];
        int live = firstLive(sequence, length);
        for (int page = firstPages[sequence]; page < live; page++) {
            pool.drop(table[at(sequence, page)]);
        }
        int next = pagesOf(length);
        int last = next - 1;
        if (length % pageSize != 0 && last >= live && pool.isShared(table[at(sequence, last)])) {
            int own = pool.take();
            if (own < 0) {
                return false;
            }
            int shared = table[at(sequence, last)];
            pool.drop(shared);
            call.copies.add(shared);
            call.copies.add(own);
            setPage(call, at(sequence, last), own);
        }
        for (; next < pagesOf(length + rows); next++) {
            int page = pool.take();
            if (page < 0) {
                return false;
            }
            setPage(call, at(sequence, next), page);
        }
        return true;
    }

    private static void setPage(KvCall call, int at, int page) {
        call.table.add(at);
        call.table.add(page);
    }

    /** The call was enqueued: table and lengths become what it makes them. */
    public void commit(KvCall call) {
        for (int i = 0; i < call.table.size(); i += 2) {
            table[call.table.get(i)] = call.table.get(i + 1);
        }
        for (int i = 0; i < call.rows.size(); i += KvCall.ROW_FIELDS) {
            int sequence = call.rows.get(i);
            firstPages[sequence] = firstLive(sequence, lengths[sequence]);
            lengths[sequence] += call.rows.get(i + 1);
        }
    }

    /** The first page that the next query sees a row of; never before the first page that the sequence has. */
    private int firstLive(int sequence, int length) {
        int live = table == null || window < 0 ? 0 : Math.max(0, length - window) / pageSize;
        return Math.max(firstPages[sequence], live);
    }

    private int pagesOf(int length) {
        return (int) ((length + (pageSize - 1L)) / pageSize);
    }

    private int at(int sequence, int page) {
        return sequence * tablePages + page;
    }

    /** Adds to the call what makes a new sequence the same as another, which is not changed: pages are shared. */
    public void fork(int from, int to, KvCall call) {
        if (table == null) {
            call.copies.add(from);
            call.copies.add(to);
        } else {
            for (int page = firstPages[from]; page < pagesOf(lengths[from]); page++) {
                setPage(call, at(to, page), table[at(from, page)]);
            }
        }
        call.lengths.add(to);
        call.lengths.add(lengths[from]);
    }

    /** After a fork was enqueued. */
    public void commitFork(int from, int to, KvCall call) {
        commit(call);
        lengths[to] = lengths[from];
        firstPages[to] = firstPages[from];
        for (int page = firstPages[to]; table != null && page < pagesOf(lengths[to]); page++) {
            pool.share(table[at(to, page)]);
        }
    }

    /** Drops the rows from a length on. */
    public void trim(int sequence, int length) {
        pool.begin();
        for (int page = Math.max(firstPages[sequence], table == null ? 0 : pagesOf(length));
                table != null && page < pagesOf(lengths[sequence]);
                page++) {
            pool.drop(table[at(sequence, page)]);
        }
        lengths[sequence] = length;
        firstPages[sequence] = length == 0 ? 0 : firstPages[sequence]; // an empty sequence begins anew
    }

    /** Drops a sequence. */
    public void close(int sequence) {
        trim(sequence, 0);
        lengths[sequence] = NOT_THERE;
        count--;
    }
}
