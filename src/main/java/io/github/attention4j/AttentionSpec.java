package io.github.attention4j;

import java.util.Objects;

/**
 * What to compute: shapes and options of one attention call, with no data and no device.
 *
 * <p>For every entry of the batch and every query head, {@code out = softmax(scale · Q Kᵀ, masked) · V}, the exact attention of
 * Vaswani et al., "Attention Is All You Need" (2017), equation 1. Arrays are dense, [batch, head, row, column]:
 * query [batch, heads, queryLength, headDim], key [batch, kvHeads, keyLength, headDim],
 * value [batch, kvHeads, keyLength, valueDim], out [batch, heads, queryLength, valueDim], lse [batch, heads, queryLength].
 * Query head {@code h} reads key/value head {@code h / (heads / kvHeads)}. A row that sees no key gives {@code out = 0} and {@code lse = -∞}.
 *
 * <p>A spec is checked when it is built and never changes afterwards, so the code behind it does not check again.
 * Two equal specs share one plan.
 *
 * @param batch entries of the batch, at least 1
 * @param heads query heads, at least 1
 * @param kvHeads key/value heads, a divisor of {@code heads}
 * @param queryLength queries per head, at least 1
 * @param keyLength keys per head, at least 1
 * @param headDim size of a query and key row, at least 1
 * @param valueDim size of a value and output row, at least 1
 * @param scale factor of the scores; finite
 * @param mask which keys a query may see
 * @param returnLse whether the log-sum-exp of each row is an output too
 */
public record AttentionSpec(
        int batch,
        int heads,
        int kvHeads,
        int queryLength,
        int keyLength,
        int headDim,
        int valueDim,
        float scale,
        Mask mask,
        boolean returnLse) {

    /** Checks everything; see the parameters. */
    public AttentionSpec {
        Objects.requireNonNull(mask, "mask");
        requirePositive("batch", batch);
        requirePositive("heads", heads);
        requirePositive("kvHeads", kvHeads);
        requirePositive("queryLength", queryLength);
        requirePositive("keyLength", keyLength);
        requirePositive("headDim", headDim);
        requirePositive("valueDim", valueDim);
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException("heads must be a multiple of kvHeads, but heads=" + heads
                    + " and kvHeads=" + kvHeads + "; each key/value head serves heads/kvHeads query heads");
        }
        if (!Float.isFinite(scale)) {
            throw new IllegalArgumentException("scale must be finite, but is " + scale
                    + "; leave it out for 1/sqrt(headDim) = " + 1 / Math.sqrt(headDim));
        }
        requireOneHeadFits("query", queryLength, headDim);
        requireOneHeadFits("key", keyLength, headDim);
        requireOneHeadFits("value", keyLength, valueDim);
        requireOneHeadFits("out", queryLength, valueDim);
    }

    /** Starts a spec; {@code heads}, a length and {@code headDim} must be given, the rest has defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Query heads that share one key/value head; 1 for plain multi-head attention. */
    public int groupSize() {
        return heads / kvHeads;
    }

    /** Elements of the query array. */
    public long queryElements() {
        return elements(heads, queryLength, headDim);
    }

    /** Elements of the key array. */
    public long keyElements() {
        return elements(kvHeads, keyLength, headDim);
    }

    /** Elements of the value array. */
    public long valueElements() {
        return elements(kvHeads, keyLength, valueDim);
    }

    /** Elements of the output array. */
    public long outElements() {
        return elements(heads, queryLength, valueDim);
    }

    /** Elements of the log-sum-exp array. */
    public long lseElements() {
        return elements(heads, queryLength, 1);
    }

    private long elements(int heads, int rows, int columns) {
        // Cannot overflow silently: two factors below 2^31 each, and one head's matrix is below 2^31 (checked above).
        return Math.multiplyExact((long) batch * heads, (long) rows * columns);
    }

    /** This spec for another number of batch entries and heads; everything else stays. */
    public AttentionSpec withHeads(int batch, int heads, int kvHeads) {
        return new AttentionSpec(
                batch, heads, kvHeads, queryLength, keyLength, headDim, valueDim, scale, mask, returnLse);
    }

    /** This spec with or without log-sum-exp as an output. */
    public AttentionSpec withLse(boolean returnLse) {
        return new AttentionSpec(
                batch, heads, kvHeads, queryLength, keyLength, headDim, valueDim, scale, mask, returnLse);
    }

    // Written out, because what the compiler makes for a record is linked at run time on first use, which takes a fresh
    // JVM longer than
    // anything else on the way to the first result.

    @Override
    public boolean equals(Object other) {
        return other instanceof AttentionSpec that
                && batch == that.batch
                && heads == that.heads
                && kvHeads == that.kvHeads
                && queryLength == that.queryLength
                && keyLength == that.keyLength
                && headDim == that.headDim
                && valueDim == that.valueDim
                && Float.compare(scale, that.scale) == 0
                && returnLse == that.returnLse
                && mask.equals(that.mask);
    }

    @Override
    public int hashCode() {
        int hash = 31 * batch + heads;
        hash = 31 * hash + kvHeads;
        hash = 31 * hash + queryLength;
        hash = 31 * hash + keyLength;
        hash = 31 * hash + headDim;
        hash = 31 * hash + valueDim;
        hash = 31 * hash + Float.hashCode(scale);
        hash = 31 * hash + Boolean.hashCode(returnLse);
        return 31 * hash + mask.hashCode();
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }

    private static void requireOneHeadFits(String name, int rows, int columns) {
        if ((long) rows * columns > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("one head of " + name + " must hold at most " + Integer.MAX_VALUE
                    + " elements, but " + rows + " x " + columns + " = " + (long) rows * columns
                    + "; split the sequence into several calls");
        }
    }

    /** Collects the parts of a spec; {@link #build()} checks them. */
    public static final class Builder {
        private int batch = 1;
        private int heads;
        private int kvHeads;
        private int queryLength;
        private int keyLength;
        private int headDim;
        private int valueDim;
        private Float scale;
        private Mask mask = Mask.none();
        private boolean returnLse;

        private Builder() {}

        /** Entries of the batch; 1 if not set. */
        public Builder batch(int batch) {
            this.batch = batch;
            return this;
        }

        /** Query heads. */
        public Builder heads(int heads) {
            this.heads = heads;
            return this;
        }

        /** Key/value heads, a divisor of {@code heads}; as many as {@code heads} if not set. */
        public Builder kvHeads(int kvHeads) {
            requirePositive("kvHeads", kvHeads);
            this.kvHeads = kvHeads;
            return this;
        }

        /** Sets both lengths: as many queries as keys. */
        public Builder sequenceLength(int length) {
            return queryLength(length).keyLength(length);
        }

        /** Queries per head. */
        public Builder queryLength(int queryLength) {
            this.queryLength = queryLength;
            return this;
        }

        /** Keys per head. */
        public Builder keyLength(int keyLength) {
            this.keyLength = keyLength;
            return this;
        }

        /** Size of a query and key row. */
        public Builder headDim(int headDim) {
            this.headDim = headDim;
            return this;
        }

        /** Size of a value and output row; {@code headDim} if not set. */
        public Builder valueDim(int valueDim) {
            requirePositive("valueDim", valueDim);
            this.valueDim = valueDim;
            return this;
        }

        /** Factor of the scores; 1/√headDim if not set. */
        public Builder scale(float scale) {
            this.scale = scale;
            return this;
        }

        /** Which keys a query may see; all if not set. */
        public Builder mask(Mask mask) {
            this.mask = Objects.requireNonNull(mask, "mask");
            return this;
        }

        /** A query sees no key after its own; the last query sees the last key. */
        public Builder causal() {
            return mask(Mask.causal());
        }

        /** Causal with the alignment given. */
        public Builder causal(Mask.Alignment alignment) {
            return mask(Mask.causal(alignment));
        }

        /** Asks for the log-sum-exp of each row as a second output. */
        public Builder returnLse() {
            this.returnLse = true;
            return this;
        }

        /**
         * Checks the parts and makes the spec.
         *
         * @throws IllegalArgumentException naming the part that is wrong, what it is and what it may be
         */
        public AttentionSpec build() {
            requirePositive("headDim", headDim); // before the default scale divides by it
            return new AttentionSpec(
                    batch,
                    heads,
                    kvHeads == 0 ? heads : kvHeads,
                    queryLength,
                    keyLength,
                    headDim,
                    valueDim == 0 ? headDim : valueDim,
                    scale == null ? (float) (1 / Math.sqrt(headDim)) : scale,
                    mask,
                    returnLse);
        }
    }
}
