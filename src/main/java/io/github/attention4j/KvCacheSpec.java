package io.github.attention4j;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The shape of a {@link KvCache}: what its rows are, how many sequences it may hold, and where their rows lie.
 * Immutable, checked when it is built.
 */
public final class KvCacheSpec {
    private final Map<Part, Object> parts;

    /** What a spec is made of. */
    private enum Part {
        SEQUENCES(1),
        KV_HEADS("kvHeads"),
        MAX_LENGTH("maxLength"),
        HEAD_DIM("headDim"),
        /** As headDim if not set. */
        VALUE_DIM,
        TYPE(DType.F32),
        PAGE_SIZE(0),
        PAGES(0),
        WINDOW(-1),
        ROTARY,
        COSINES,
        SINES,
        ORDER(Layout.Order.BATCH_HEAD_ROW);

        private final Object usual;
        /** Of one that must be given. */
        private final String label;

        Part() {
            this((Object) null);
        }

        Part(Object usual) {
            this.usual = usual;
            label = null;
        }

        Part(String label) {
            usual = null;
            this.label = label;
        }
    }

    private KvCacheSpec(Map<Part, Object> given) {
        parts = resolve(given);
        Checks.requirePositive("sequences", sequences());
        Checks.requirePositive("maxLength", maxLength());
        Checks.requirePositive("kvHeads", kvHeads());
        Checks.requirePositive("headDim", headDim());
        new KvCacheSizes(this).check();
        if (window() >= 0 && pageSize() == 0) {
            throw new IllegalArgumentException(
                    "window gives pages back that no query sees any more, but the cache has none; ask for paged(pageSize, pages) too");
        }
        Rotary rotary = rotary();
        if (rotary != null && (rotary.dim() > headDim() || rotary.positions() < maxLength())) {
            throw new IllegalArgumentException("rotary must have a dim of at most headDim = " + headDim()
                    + " and at least maxLength = " + maxLength() + " positions, but has " + rotary.dim() + " and "
                    + rotary.positions());
        }
        applyTo(AttentionSpec.builder().heads(kvHeads()).queryLength(1)).build(); // checks pages, types and sizes
    }

    private static Map<Part, Object> resolve(Map<Part, Object> given) {
        EnumMap<Part, Object> all = new EnumMap<>(given);
        for (Part part : Part.values()) {
            Checks.require(part.label == null || given.containsKey(part), part.label, part.label + "(..)");
            if (part.usual != null) {
                all.putIfAbsent(part, part.usual);
            }
        }
        all.putIfAbsent(Part.VALUE_DIM, all.get(Part.HEAD_DIM));
        return all;
    }

    /** Starts a spec; {@code kvHeads}, {@code headDim} and {@code maxLength} must be given. */
    public static Builder builder() {
        return new Builder();
    }

    /** Sequences that the cache can hold at a time: entries of the batch of an attention call. */
    public int sequences() {
        return (int) parts.get(Part.SEQUENCES);
    }

    /** Rows that a sequence may have at most. */
    public int maxLength() {
        return (int) parts.get(Part.MAX_LENGTH);
    }

    /** Key/value heads. */
    public int kvHeads() {
        return (int) parts.get(Part.KV_HEADS);
    }

    /** Elements of a key. */
    public int headDim() {
        return (int) parts.get(Part.HEAD_DIM);
    }

    /** Elements of a value. */
    public int valueDim() {
        return (int) parts.get(Part.VALUE_DIM);
    }

    /** How keys and values are stored. */
    public DType type() {
        return (DType) parts.get(Part.TYPE);
    }

    /** Rows of a page, or 0 if each sequence has a place of its own for {@link #maxLength} rows. */
    public int pageSize() {
        return (int) parts.get(Part.PAGE_SIZE);
    }

    /** Pages that all sequences share, or 0. */
    public int pages() {
        return (int) parts.get(Part.PAGES);
    }

    /** Keys before its own that a query sees, or −1 for all. */
    public int window() {
        return (int) parts.get(Part.WINDOW);
    }

    /** How keys are rotated as they are appended, or null. */
    public Rotary rotary() {
        return (Rotary) parts.get(Part.ROTARY);
    }

    /** In which order new rows lie: BATCH_HEAD_ROW or BATCH_ROW_HEAD. */
    public Layout.Order order() {
        return (Layout.Order) parts.get(Part.ORDER);
    }

    /** The tables that belong to {@link #rotary}, not copied; null without it. */
    float[] cosines() {
        return (float[]) parts.get(Part.COSINES);
    }

    float[] sines() {
        return (float[]) parts.get(Part.SINES);
    }

    /** This spec for another number of sequences. */
    public KvCacheSpec withSequences(int sequences) {
        EnumMap<Part, Object> others = new EnumMap<>(parts);
        others.put(Part.SEQUENCES, sequences);
        return new KvCacheSpec(others);
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
        private final Map<Part, Object> given = new EnumMap<>(Part.class);

        private Builder() {}

        private Builder set(Part part, Object value) {
            given.put(part, value);
            return this;
        }

        /** Sequences at a time; 1 if not set. */
        public Builder sequences(int sequences) {
            return set(Part.SEQUENCES, sequences);
        }

        /** Rows that a sequence may have at most. With pages this costs but an int a page. */
        public Builder maxLength(int maxLength) {
            return set(Part.MAX_LENGTH, maxLength);
        }

        /** Key/value heads. */
        public Builder kvHeads(int kvHeads) {
            return set(Part.KV_HEADS, kvHeads);
        }

        /** Elements of a key. */
        public Builder headDim(int headDim) {
            return set(Part.HEAD_DIM, headDim);
        }

        /** Elements of a value; {@code headDim} if not set. */
        public Builder valueDim(int valueDim) {
            Checks.requirePositive("valueDim", valueDim);
            return set(Part.VALUE_DIM, valueDim);
        }

        /** How keys and values are stored: F32, which is the default, F16, BF16, I8 or I4. */
        public Builder type(DType type) {
            return set(Part.TYPE, Objects.requireNonNull(type, "type"));
        }

        /**
         * All sequences take their rows, a page at a time, from a pool, in place of room for {@code maxLength} rows
         * each.
         *
         * @param pageSize rows of a page, a power of two from 16 to 32768
         * @param pages pages of the pool; each holds keys and values of all heads
         */
        public Builder paged(int pageSize, int pages) {
            Checks.requirePages(pageSize, pages);
            set(Part.PAGE_SIZE, pageSize);
            return set(Part.PAGES, pages);
        }

        /**
         * Queries see themselves and this many keys before. Pages that lie wholly before what the next query sees go
         * back to the pool when rows are appended. Positions stay those of the whole sequence.
         */
        public Builder window(int before) {
            if (before < 0) {
                throw new IllegalArgumentException(
                        "window must be at least 0, but is " + before + "; leave it out for all keys");
            }
            return set(Part.WINDOW, before);
        }

        /**
         * Keys are rotated as they are appended, each to its place in its sequence. Queries are the caller's:
         * {@link AttentionEngine#rotate}.
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
            set(Part.ROTARY, rotary);
            set(Part.COSINES, cosines.clone());
            return set(Part.SINES, sines.clone());
        }

        /**
         * In which order new rows come to {@link KvCache#append}: [batch, head, row, column] if not set, or
         * BATCH_ROW_HEAD, [batch, row, head, column], as a linear layer gives them. How they are stored is not changed
         * by it.
         */
        public Builder order(Layout.Order order) {
            Objects.requireNonNull(order, "order");
            if (order == Layout.Order.PACKED_QKV) {
                throw new IllegalArgumentException(
                        "order must be BATCH_HEAD_ROW or BATCH_ROW_HEAD, but is PACKED_QKV; keys and values come in tensors of their own");
            }
            return set(Part.ORDER, order);
        }

        /**
         * Checks the parts and makes the spec.
         *
         * @throws IllegalArgumentException naming the part that is wrong, what it is and what it may be
         */
        public KvCacheSpec build() {
            return new KvCacheSpec(given);
        }
    }
}
