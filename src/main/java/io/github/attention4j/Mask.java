package io.github.attention4j;

import java.util.Objects;

/** Which keys a query may see. A closed set: a new mask is a new record here, so that every place that reads masks is found. */
public sealed interface Mask {

    /** Every query sees every key. */
    static Mask none() {
        return new None();
    }

    /** Causal with the last query aligned to the last key ({@link Alignment#BOTTOM_RIGHT}). */
    static Mask causal() {
        return causal(Alignment.BOTTOM_RIGHT);
    }

    /** Causal: query {@code i} sees key {@code j} when {@code j <= i + offset}, the offset given by the alignment. */
    static Mask causal(Alignment alignment) {
        return new Causal(alignment);
    }

    /** Where the diagonal of a causal mask lies when there are not as many queries as keys. */
    enum Alignment {
        /** The last query sees the last key: offset {@code keyLength - queryLength}. Usual when keys come from a cache. */
        BOTTOM_RIGHT,
        /** The first query sees the first key only: offset 0. */
        TOP_LEFT
    }

    /** See {@link Mask#none()}. */
    record None() implements Mask {
        @Override
        public boolean equals(Object other) { // written out for a fast start, see AttentionSpec
            return other instanceof None;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    /**
     * See {@link Mask#causal(Alignment)}.
     *
     * @param alignment where the diagonal lies
     */
    record Causal(Alignment alignment) implements Mask {
        /** Checks that an alignment is given. */
        public Causal {
            Objects.requireNonNull(alignment, "alignment");
        }

        @Override
        public boolean equals(Object other) { // written out for a fast start, see AttentionSpec
            return other instanceof Causal that && alignment == that.alignment;
        }

        @Override
        public int hashCode() {
            return 2 + alignment.ordinal();
        }

        /** By how many keys the diagonal is moved to the right: query {@code i} sees keys up to {@code i + offset}. */
        public int offset(int queryLength, int keyLength) {
            return alignment == Alignment.BOTTOM_RIGHT ? keyLength - queryLength : 0;
        }
    }
}
