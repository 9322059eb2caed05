package io.github.attention4j;

import io.github.attention4j.internal.Sizes;

/** Whether the sizes of a cache can be counted. */
final class KvCacheSizes {
    /** The heads of sixteen sequences, which a kernel appends to at once, are counted in 32 bits. */
    private static final int MOST_HEADS = Integer.MAX_VALUE / 16;

    private final KvCacheSpec spec;

    KvCacheSizes(KvCacheSpec spec) {
        this.spec = spec;
    }

    /**
     * What kernels and the host count in 32 bits, and all elements in 64; in the words of this spec, which the
     * attention spec does not have.
     */
    void check() {
        requireAtMost("maxLength", spec.maxLength(), Sizes.MOST_ROWS, "make a cache of shorter sequences");
        requireAtMost("kvHeads", spec.kvHeads(), MOST_HEADS, "make several caches");
        requireAtMost("sequences", spec.sequences(), Sizes.MOST_OF_ARRAY, "make several caches");
        requireAtMost("pages", spec.pages(), Sizes.MOST_OF_ARRAY, "make several caches");
        int widest = Math.max(spec.headDim(), spec.valueDim());
        boolean paged = spec.pageSize() > 0;
        int rows = paged ? spec.pageSize() : spec.maxLength();
        requireAtMost(
                "one head of " + (paged ? "a page, pageSize" : "a sequence, maxLength") + " = " + rows
                        + " x the larger of headDim = " + spec.headDim() + " and valueDim = " + spec.valueDim() + ",",
                Sizes.times(rows, widest),
                Integer.MAX_VALUE,
                paged ? "use smaller pages" : "use paged(pageSize, pages)");
        int entries = paged ? spec.pages() : spec.sequences();
        requireAtMost(
                "the elements of " + (paged ? "pages = " : "sequences = ") + entries + " x kvHeads = " + spec.kvHeads()
                        + " x " + rows + " rows x " + widest + " columns",
                Sizes.times(entries, spec.kvHeads(), rows, widest),
                Sizes.MOST_ELEMENTS,
                "make several caches of fewer " + (paged ? "pages" : "sequences"));
        if (paged) {
            long tablePages = (spec.maxLength() - 1) / spec.pageSize() + 1;
            requireAtMost(
                    "the page table of sequences = " + spec.sequences() + " x " + tablePages
                            + " pages each, for maxLength = " + spec.maxLength() + ",",
                    spec.sequences() * tablePages,
                    Sizes.MOST_OF_ARRAY,
                    "use larger pages, or several caches of fewer sequences");
        }
    }

    private static void requireAtMost(String what, long is, long most, String wayOut) {
        if (is > most) {
            throw new IllegalArgumentException(what + " must be at most " + most + ", but is "
                    + (is == Long.MAX_VALUE ? "more than 2^63" : is) + "; " + wayOut);
        }
    }
}
