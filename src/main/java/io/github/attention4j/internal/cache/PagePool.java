package io.github.attention4j.internal.cache;

/**
 * The pages of a cache: which are free, and how many sequences share each of the others. What is taken and dropped
 * between {@link #begin} and {@link #rollBack} is undone.
 */
public final class PagePool {
    private static final int DROPPED = -1;

    private final int[] sharers;
    /** The free pages, the next to take last. */
    private final int[] free;

    private int freeCount;
    /** Pages taken, as they are, or dropped, as {@code -1 - page}. */
    private final IntList log = new IntList();

    /** A pool whose pages are all free; low ones are taken first. */
    public PagePool(int pages) {
        sharers = new int[pages];
        free = new int[pages];
        freeCount = pages;
        for (int i = 0; i < pages; i++) {
            free[i] = pages - 1 - i;
        }
    }

    /** Pages that are given out to no sequence. */
    public int free() {
        return freeCount;
    }

    /** Whether more than one sequence has the page. */
    public boolean isShared(int page) {
        return sharers[page] > 1;
    }

    /** From here on changes can be undone. */
    public void begin() {
        log.clear();
    }

    /** A free page, or −1 if there is none. */
    public int take() {
        if (freeCount == 0) {
            return -1;
        }
        int page = free[--freeCount];
        sharers[page] = 1;
        log.add(page);
        return page;
    }

    /** One more sequence has the page. Not to be rolled back. */
    public void share(int page) {
        sharers[page]++;
    }

    /** One sequence fewer has the page, which is free after the last. */
    public void drop(int page) {
        if (--sharers[page] == 0) {
            free[freeCount++] = page;
        }
        log.add(DROPPED - page);
    }

    /** Undoes what was taken and dropped since {@link #begin}, the last first. */
    public void rollBack() {
        while (log.size() > 0) {
            int change = log.removeLast();
            if (change >= 0) {
                sharers[change] = 0;
                free[freeCount++] = change;
            } else {
                int page = DROPPED - change;
                if (sharers[page]++ == 0) {
                    freeCount--;
                }
            }
        }
    }
}
