package io.github.attention4j;

import io.github.attention4j.internal.Sizes;
import java.util.Objects;

/**
 * The shape of a {@link KvCache}: what its rows are, how many sequences it may hold, and where their rows lie. Immutable, checked when
 * it is built.
 */
public final class KvCacheSpec {
    /** The heads of sixteen sequences, which a kernel appends to at once, are counted in 32 bits. */
    private static final int MOST_HEADS = Integer.MAX_VALUE / 16;

    private final Builder source;
    private final int valueDim;

    private KvCacheSpec(Builder source) {
        this.source = source;
        valueDim = source.valueDim == 0 ? source.headDim : source.valueDim;
        source.requireGiven();
        Checks.requirePositive("sequences", source.sequences);
        Checks.requirePositive("maxLength", source.maxLength);
        Checks.requirePositive("kvHeads", source.kvHeads);
        Checks.requirePositive("headDim", source.headDim);
        requireSizes();
        if (source.window >= 0 && source.pageSize == 0) {
            throw new IllegalArgumentException(
                    "window gives pages back that no query sees any more, but the cache has none; ask for paged(pageSize, pages) too");
        }
        Rotary rotary = source.rotary;
        if (rotary != null && (rotary.dim() > source.headDim || rotary.positions() < source.maxLength)) {
            throw new IllegalArgumentException("rotary must have a dim of at most headDim = " + source.headDim
                    + " and at least maxLength = " + source.maxLength + " positions, but has " + rotary.dim() + " and "
                    + rotary.positions());
        }
        applyTo(AttentionSpec.builder().heads(source.kvHeads).queryLength(1)).build(); // checks pages, types and sizes
    }

    /** What kernels and the host count in 32 bits, and all elements in 64; in the words of this spec, which the attention spec does not have. */
    private void requireSizes() {
        requireAtMost("maxLength", source.maxLength, Sizes.MOST_ROWS, "make a cache of shorter sequences");
        requireAtMost("kvHeads", source.kvHeads, MOST_HEADS, "make several caches");
        requireAtMost("sequences", source.sequences, Sizes.MOST_OF_ARRAY, "make several caches");
        requireAtMost("pages", source.pages, Sizes.MOST_OF_ARRAY, "make several caches");
        int widest = Math.max(source.headDim, valueDim);
        boolean paged = source.pageSize > 0;
        int rows = paged ? source.pageSize : source.maxLength;
        requireAtMost(
                "one head of " + (paged ? "a page, pageSize" : "a sequence, maxLength") + " = " + rows
                        + " x the larger of headDim = " + source.headDim + " and valueDim = " + valueDim + ",",
                Sizes.times(rows, widest),
                Integer.MAX_VALUE,
                paged ? "use smaller pages" : "use paged(pageSize, pages)");
        int entries = paged ? source.pages : source.sequences;
        requireAtMost(
                "the elements of " + (paged ? "pages = " : "sequences = ") + entries + " x kvHeads = " + source.kvHeads
                        + " x " + rows + " rows x " + widest + " columns",
                Sizes.times(entries, source.kvHeads, rows, widest),
                Sizes.MOST_ELEMENTS,
                "make several caches of fewer " + (paged ? "pages" : "sequences"));
        if (paged) {
            long tablePages = (source.maxLength - 1) / source.pageSize + 1;
            requireAtMost(
                    "the page table of sequences = " + source.sequences + " x " + tablePages
                            + " pages each, for maxLength = " + source.maxLength + ",",
                    source.sequences * tablePages,
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

    /** Starts a spec; {@code kvHeads}, {@code headDim} and {@code maxLength} must be given. */
    public static Builder builder() {
        return new Builder();
    }

    /** Sequences that the cache can hold at a time: entries of the batch of an attention call. */
    public int sequences() {
        return source.sequences;
    }

    /** Rows that a sequence may have at most. */
    public int maxLength() {
        return source.maxLength;
    }

    /** Key/value heads. */
    public int kvHeads() {
        return source.kvHeads;
    }

    /** Elements of a key. */
    public int headDim() {
        return source.headDim;
    }

    /** Elements of a value. */
    public int valueDim() {
        return valueDim;
    }

    /** How keys and values are stored. */
    public DType type() {
        return source.type;
    }

    /** Rows of a page, or 0 if each sequence has a place of its own for {@link #maxLength} rows. */
    public int pageSize() {
        return source.pageSize;
    }

    /** Pages that all sequences share, or 0. */
    public int pages() {
        return source.pages;
    }

    /** Keys before its own that a query sees, or −1 for all. */
    public int window() {
        return source.window;
    }

    /** How keys are rotated as they are appended, or null. */
    public Rotary rotary() {
        return source.rotary;
    }

    /** In which order new rows lie: BATCH_HEAD_ROW or BATCH_ROW_HEAD. */
    public Layout.Order order() {
        return source.order;
    }

    /** The tables that belong to {@link #rotary}, not copied; null without it. */
    float[] cosines() {
        return source.cosines;
    }

    float[] sines() {
        return source.sines;
    }

    /** Fills in what an attention call on this cache has: see {@link KvCache#applyTo(AttentionSpecBuilder)}. */
    public AttentionSpecBuilder applyTo(AttentionSpecBuilder builder) {
        Objects.requireNonNull(builder, "builder");
        builder.batch(sequences()).kvHeads(kvHeads()).headDim(headDim()).valueDim(valueDim());
        builder.keyLength(maxLength()).keyLengths();
        builder.type(Operand.KEY, type()).type(Operand.VALUE, type());
        if (pageSize() > 0) {
            builder.paged(pageSize(), pages());
        }
        return window() < 0 ? builder : builder.mask(Mask.window(window(), 0));
    }

    /** Collects the parts of a spec; {@link #build()} checks them. */
    public static final class Builder {
        private int sequences = 1;
        private int maxLength;
        private int kvHeads;
        private int headDim;
        private int valueDim;
        private DType type = DType.F32;
        private int pageSize;
        private int pages;
        private int window = -1;
        private Rotary rotary;
        private Layout.Order order = Layout.Order.BATCH_HEAD_ROW;
        private float[] cosines;
        private float[] sines;
        private boolean hasLength;
        private boolean hasHeads;
        private boolean hasHeadDim;

        private Builder() {}

        private Builder(Builder other) {
            sequences = other.sequences;
            maxLength = other.maxLength;
            kvHeads = other.kvHeads;
            headDim = other.headDim;
            valueDim = other.valueDim;
            type = other.type;
            pageSize = other.pageSize;
            pages = other.pages;
            window = other.window;
            rotary = other.rotary;
            order = other.order;
            cosines = other.cosines;
            sines = other.sines;
            hasLength = other.hasLength;
            hasHeads = other.hasHeads;
            hasHeadDim = other.hasHeadDim;
        }

        private void requireGiven() {
            Checks.require(hasHeads, "kvHeads", "kvHeads(..)");
            Checks.require(hasLength, "maxLength", "maxLength(..)");
            Checks.require(hasHeadDim, "headDim", "headDim(..)");
        }

        /** Sequences at a time; 1 if not set. */
        public Builder sequences(int sequences) {
            this.sequences = sequences;
            return this;
        }

        /** Rows that a sequence may have at most. With pages this costs but an int a page. */
        public Builder maxLength(int maxLength) {
            this.maxLength = maxLength;
            hasLength = true;
            return this;
        }

        /** Key/value heads. */
        public Builder kvHeads(int kvHeads) {
            this.kvHeads = kvHeads;
            hasHeads = true;
            return this;
        }

        /** Elements of a key. */
        public Builder headDim(int headDim) {
            this.headDim = headDim;
            hasHeadDim = true;
            return this;
        }

        /** Elements of a value; {@code headDim} if not set. */
        public Builder valueDim(int valueDim) {
            Checks.requirePositive("valueDim", valueDim);
            this.valueDim = valueDim;
            return this;
        }

        /** How keys and values are stored: F32, which is the default, F16, BF16, I8 or I4. */
        public Builder type(DType type) {
            this.type = Objects.requireNonNull(type, "type");
            return this;
        }

        /**
         * All sequences take their rows, a page at a time, from a pool, in place of room for {@code maxLength} rows each.
         *
         * @param pageSize rows of a page, a power of two from 16 to 32768
         * @param pages pages of the pool; each holds keys and values of all heads
         */
        public Builder paged(int pageSize, int pages) {
            Checks.requirePages(pageSize, pages);
            this.pageSize = pageSize;
            this.pages = pages;
            return this;
        }

        /**
         * Queries see themselves and this many keys before. Pages that lie wholly before what the next query sees go back to the pool when rows are
         * appended. Positions stay those of the whole sequence.
         */
        public Builder window(int before) {
            if (before < 0) {
                throw new IllegalArgumentException(
                        "window must be at least 0, but is " + before + "; leave it out for all keys");
            }
            window = before;
            return this;
        }

        /**
         * Keys are rotated as they are appended, each to its place in its sequence. Queries are the caller's: {@link AttentionEngine#rotate}.
         *
         * @param cosines [positions, dim / 2], see {@link Rotary#cosines}; at least maxLength positions
         * @param sines likewise
         */
        public Builder rotary(Rotary rotary, float[] cosines, float[] sines) {
            Objects.requireNonNull(rotary, "rotary");
            Objects.requireNonNull(cosines, "cosines");
            Objects.requireNonNull(sines, "sines");
            long elements = rotary.tableElements();
            if (cosines.length != elements || sines.length != elements) {
                throw new IllegalArgumentException("cosines and sines must have " + elements
                        + " elements, positions x dim / 2, but have " + cosines.length + " and " + sines.length);
            }
            this.rotary = rotary;
            this.cosines = cosines.clone();
            this.sines = sines.clone();
            return this;
        }

        /**
         * In which order new rows come to {@link KvCache#append}: [batch, head, row, column] if not set, or BATCH_ROW_HEAD, [batch, row, head, column], as a
         * linear layer gives them. How they are stored is not changed by it.
         */
        public Builder order(Layout.Order order) {
            Objects.requireNonNull(order, "order");
            if (order == Layout.Order.PACKED_QKV) {
                throw new IllegalArgumentException(
                        "order must be BATCH_HEAD_ROW or BATCH_ROW_HEAD, but is PACKED_QKV; keys and values come in tensors of their own");
            }
            this.order = order;
            return this;
        }

        /**
         * Checks the parts and makes the spec.
         *
         * @throws IllegalArgumentException naming the part that is wrong, what it is and what it may be
         */
        public KvCacheSpec build() {
            return new KvCacheSpec(new Builder(this));
        }
    }
}
