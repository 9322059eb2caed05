package io.github.attention4j;

import io.github.attention4j.internal.Sizes;

/**
 * Rotary position embedding of query and key (Su et al., "RoFormer", 2021, equation 34): pairs of a row's first
 * {@code dim} elements are rotated by an angle that depends on the row's position, {@code (a, b) → (a·cos − b·sin,
 * a·sin + b·cos)}; the rest passes through. Cosines and sines are tables [positions, dim / 2] ({@link #cosines},
 * {@link #sines} make the usual ones), in f32.
 *
 * @param dim how many elements of a row are rotated: even, at most headDim
 * @param interleaved pairs are neighbours (2i, 2i + 1); else they are half of {@code dim} apart (i, i + dim / 2)
 * @param positions rows of the tables
 */
public record Rotary(int dim, boolean interleaved, int positions) {
    /** Checks the numbers. */
    public Rotary {
        if (dim < 2 || dim % 2 != 0) {
            throw new IllegalArgumentException("rotary dim must be even and at least 2, but is " + dim);
        }
        if (positions < 1) {
            throw new IllegalArgumentException("positions must be at least 1, but is " + positions);
        }
    }

    /** Elements of each table: positions · dim / 2. */
    long tableElements() {
        return (long) positions * (dim / 2);
    }

    /**
     * cos(position · base^(−2i/dim)) for every position and pair i, as RoFormer has it; {@code base} is 10000 there.
     *
     * @throws IllegalArgumentException if base is not finite and more than 0, or the table is more than a Java array
     *     holds
     */
    public float[] cosines(double base) {
        return table(base, true);
    }

    /** The sines that belong to {@link #cosines}. */
    public float[] sines(double base) {
        return table(base, false);
    }

    private float[] table(double base, boolean cosine) {
        if (!(base > 0) || base == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "base must be finite and more than 0, but is " + base + "; RoFormer has 10000");
        }
        int pairs = dim / 2;
        String name = "a rotary table of " + positions + " positions x " + pairs + " pairs";
        float[] table = Sizes.floats(name, tableElements(), "ask for fewer positions");
        for (int i = 0; i < table.length; i++) {
            double angle = i / pairs * Math.pow(base, -2.0 * (i % pairs) / dim);
            table[i] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
        }
        return table;
    }

    @Override
    public boolean equals(Object other) { // written out for a fast start, see TensorSpec
        return other instanceof Rotary that
                && dim == that.dim
                && interleaved == that.interleaved
                && positions == that.positions;
    }

    @Override
    public int hashCode() {
        return dim + 31 * (positions + (interleaved ? 31 : 0));
    }
}
