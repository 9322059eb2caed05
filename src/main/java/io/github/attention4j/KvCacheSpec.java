package io.github.attention4j;

import java.util.Objects;

/**
 * The shape of a {@link KvCache}: what its rows are, how many sequences it may hold, and where their rows lie. Immutable, checked when
 * it is built.
 */
public final class KvCacheSpec {
    private final Builder source;
    private final int valueDim;

    private KvCacheSpec(Builder source) {
        this.source = source;
        valueDim = source.valueDim == 0 ? source.headDim : source.valueDim;
        AttentionSpec.requirePositive("sequences", source.sequences);
        AttentionSpec.requirePositive("maxLength", source.maxLength);
        AttentionSpec.requirePositive("kvHeads", source.kvHeads);
        AttentionSpec.requirePositive("headDim", source.headDim);
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
        }

        /** Sequences at a time; 1 if not set. */
        public Builder sequences(int sequences) {
            this.sequences = sequences;
            return this;
        }

        /** Rows that a sequence may have at most. With pages this costs but an int a page. */
        public Builder maxLength(int maxLength) {
            this.maxLength = maxLength;
            return this;
        }

        /** Key/value heads. */
        public Builder kvHeads(int kvHeads) {
            this.kvHeads = kvHeads;
            return this;
        }

        /** Elements of a key. */
        public Builder headDim(int headDim) {
            this.headDim = headDim;
            return this;
        }

        /** Elements of a value; {@code headDim} if not set. */
        public Builder valueDim(int valueDim) {
            AttentionSpec.requirePositive("valueDim", valueDim);
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
            AttentionSpecBuilder.requirePages(pageSize, pages);
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
            int elements = Math.multiplyExact(rotary.positions(), rotary.dim() / 2);
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
            if (order == Layout.Order.PACKED_QKV) {
                throw new IllegalArgumentException(
                        "order must be BATCH_HEAD_ROW or BATCH_ROW_HEAD, but is PACKED_QKV; keys and values come in tensors of their own");
            }
            this.order = Objects.requireNonNull(order, "order");
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
