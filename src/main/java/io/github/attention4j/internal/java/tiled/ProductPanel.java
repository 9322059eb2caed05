package io.github.attention4j.internal.java.tiled;

/**
 * A few neighbouring rows of the left matrix of a product on their way along the inner dimension, one row a lane:
 * {@code sums[column][lane] += Σ_d left[lane][d] · right[column][d]}. For a new tile: {@link #clear}; for each piece of
 * the inner dimension {@link #load} or {@link #loadColumns}, then {@link #multiply} or {@link #multiplyColumns}; at the
 * end {@link #store}.
 */
public abstract class ProductPanel {
    /** For the implementations. */
    protected ProductPanel() {}

    /** All sums are 0. */
    public abstract void clear();

    /**
     * Takes a piece of the left rows, which are at {@code left[at + row * stride]}; lanes that no row is left for are
     * 0.
     */
    public abstract void load(float[] left, int at, int stride, int rows, int depth);

    /** Likewise where the left matrix lies transposed: its rows are columns from {@code left[at]} on. */
    public abstract void loadColumns(float[] left, int at, int stride, int rows, int depth);

    /** Adds the products with the right rows at {@code right[at + row * stride]} to the sums from this column on. */
    public abstract void multiply(float[] right, int at, int stride, int depth, int column, int rows);

    /** Likewise where the right matrix lies transposed: its rows are columns from {@code right[at]} on. */
    public abstract void multiplyColumns(float[] right, int at, int stride, int depth, int column, int rows);

    /** Writes the sums of the first lanes as rows at {@code target[at + lane * stride]}. */
    public abstract void store(float[] target, int at, int stride, int rows, int columns);
}
