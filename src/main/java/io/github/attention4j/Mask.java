package io.github.attention4j;

import java.util.Objects;

/**
 * Which keys a query may see, as a window around its diagonal. Query {@code i} stands at key {@code d = i + diagonal},
 * the diagonal given by the alignment; it sees key {@code j} when {@code d - left <= j <= d + right}. Other masks
 * (keep-mask, bias, key lengths, key ranges, prefix) are operands and combine with this one: see
 * {@link AttentionSpecBuilder}.
 *
 * @param left how many keys before its own a query sees; {@link #UNBOUNDED} for all
 * @param right how many keys after its own a query sees; {@link #UNBOUNDED} for all
 * @param alignment where the diagonal lies
 */
public record Mask(int left, int right, Alignment alignment) {
    /** No bound on this side. */
    public static final int UNBOUNDED = -1;

    private static final Mask NONE = new Mask(UNBOUNDED, UNBOUNDED, Alignment.BOTTOM_RIGHT);

    /** Checks the bounds. */
    public Mask {
        Objects.requireNonNull(alignment, "alignment");
        if (left < UNBOUNDED || right < UNBOUNDED) {
            throw new IllegalArgumentException(
                    "left and right must be at least 0, or -1 for no bound, but are " + left + " and " + right);
        }
    }

    /** Every query sees every key. */
    public static Mask none() {
        return NONE;
    }

    /** Causal with the last query aligned to the last key ({@link Alignment#BOTTOM_RIGHT}). */
    public static Mask causal() {
        return causal(Alignment.BOTTOM_RIGHT);
    }

    /** A query sees no key after its own. */
    public static Mask causal(Alignment alignment) {
        return new Mask(UNBOUNDED, 0, alignment);
    }

    /**
     * A sliding window, the last query aligned to the last key. The last W keys including its own: {@code window(W - 1,
     * 0)}.
     */
    public static Mask window(int left, int right) {
        return new Mask(left, right, Alignment.BOTTOM_RIGHT);
    }

    /** A sliding window. */
    public static Mask window(int left, int right, Alignment alignment) {
        return new Mask(left, right, alignment);
    }

    /** Where the diagonal lies when there are not as many queries as keys. */
    public enum Alignment {
        /**
         * The last query stands at the last key: diagonal {@code keys - queries}, with the numbers of the batch entry
         * (key lengths, ragged batches) and not the largest ones. Usual when keys come from a cache.
         */
        BOTTOM_RIGHT,
        /** The first query stands at the first key: diagonal 0. */
        TOP_LEFT,
        /** A diagonal for each batch entry, given as {@link Operand#DIAGONALS}. */
        GIVEN
    }

    /** Whether anything is hidden. */
    public boolean isBounded() {
        return left != UNBOUNDED || right != UNBOUNDED;
    }

    @Override
    public boolean equals(Object other) { // written out for a fast start, see TensorSpec
        return other instanceof Mask that && left == that.left && right == that.right && alignment == that.alignment;
    }

    @Override
    public int hashCode() {
        return alignment.ordinal() + 3 * (left + 31 * right);
    }
}
