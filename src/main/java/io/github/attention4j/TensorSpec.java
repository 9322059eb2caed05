package io.github.attention4j;

import io.github.attention4j.internal.Sizes;
import java.util.Objects;

/**
 * Type, shape and layout of one operand.
 *
 * @param dtype the type of an element
 * @param batch entries of the batch, at least 1
 * @param heads heads in each entry, at least 1
 * @param rows rows of each head, at least 1
 * @param columns elements of each row, at least 1; of {@link DType#BIT} and {@link DType#I4} a row is padded to whole
 *     bytes
 * @param layout where they lie
 */
public record TensorSpec(DType dtype, int batch, int heads, int rows, int columns, Layout layout) {
    /**
     * Checks the sizes, and that the last element is within 2^60 of the first of its array, so that positions and bytes
     * stay within a long.
     */
    public TensorSpec {
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(layout, "layout");
        requireSizes(batch, heads, rows, columns);
        long extent = Sizes.plus(layout.position(batch - 1L, heads - 1L, rows - 1L), dtype.units(columns));
        if (extent > Sizes.MOST_ELEMENTS) {
            throw new IllegalArgumentException("a tensor must end within 2^60 elements of its array's first, but ["
                    + batch + ", " + heads + ", " + rows + ", " + columns + "] in " + layout
                    + " ends beyond; use a smaller start or smaller strides");
        }
    }

    /** Elements side by side in the order [batch, head, row, column]. */
    public static TensorSpec dense(DType dtype, int batch, int heads, int rows, int columns) {
        Objects.requireNonNull(dtype, "dtype");
        requireSizes(batch, heads, rows, columns); // before the layout, which would complain of strides
        return new TensorSpec(dtype, batch, heads, rows, columns, Layout.dense(heads, rows, dtype.units(columns)));
    }

    private static void requireSizes(int batch, int heads, int rows, int columns) {
        if (batch < 1 || heads < 1 || rows < 1 || columns < 1) {
            throw new IllegalArgumentException("batch, heads, rows and columns must be at least 1, but are " + batch
                    + ", " + heads + ", " + rows + ", " + columns);
        }
        if (Sizes.times(batch, heads, rows, columns) > Sizes.MOST_ELEMENTS) {
            throw new IllegalArgumentException("a tensor must have fewer than 2^60 elements, but " + batch + " x "
                    + heads + " x " + rows + " x " + columns + " are more");
        }
    }

    /** This tensor with other strides. */
    public TensorSpec with(Layout layout) {
        return new TensorSpec(dtype, batch, heads, rows, columns, layout);
    }

    /** This tensor with another type. */
    public TensorSpec with(DType dtype) {
        return new TensorSpec(dtype, batch, heads, rows, columns, layout);
    }

    /**
     * What strides, {@link #elements} and {@link #extent} count: elements, or bytes for {@link DType#BIT} and
     * {@link DType#I4}, which hold several.
     */
    public int rowUnits() {
        return dtype.units(columns);
    }

    /** Whether the elements lie side by side in the order [batch, head, row, column], from the start. */
    public boolean isDense() {
        return layout.isDense(heads, rows, rowUnits());
    }

    /**
     * How many elements of an array it takes if they lie side by side: batch * heads * rows * {@link #rowUnits}, so
     * bytes for {@link DType#BIT} and {@link DType#I4}.
     */
    public long elements() {
        return (long) batch * heads * rows * rowUnits();
    }

    /** How many elements an array must have to hold this tensor: one more than the position of its last element. */
    public long extent() {
        return layout.position(batch - 1, heads - 1, rows - 1) + rowUnits();
    }

    /**
     * The distance from one entry, head, row or column to the next as a kernel wants it: 0 along a dimension of size 1,
     * so that the same element serves any index.
     */
    public long stride(int dimension) {
        return switch (dimension) {
            case 0 -> batch == 1 ? 0 : layout.batchStride();
            case 1 -> heads == 1 ? 0 : layout.headStride();
            case 2 -> rows == 1 ? 0 : layout.rowStride();
            case 3 -> columns == 1 ? 0 : 1;
            default ->
                throw new IndexOutOfBoundsException(
                        "dimension must be 0 for batch, 1 for heads, 2 for rows or 3 for columns, but is " + dimension);
        };
    }

    /** "[2, 8, 1024, 64]". */
    public String shape() {
        return "[" + batch + ", " + heads + ", " + rows + ", " + columns + "]";
    }

    // Written out, here and in the other records by which plans and programs are found: what the compiler makes for a
    // record is linked at run time on first
    // use, and the first of them costs a fresh JVM 36 ms of one processor (JDK 17, an AMD EPYC).

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorSpec that
                && dtype == that.dtype
                && batch == that.batch
                && heads == that.heads
                && rows == that.rows
                && columns == that.columns
                && layout.equals(that.layout);
    }

    @Override
    public int hashCode() {
        return layout.hashCode() + 31 * (dtype.ordinal() + 31 * (batch + 31 * (heads + 31 * (rows + 31 * columns))));
    }
}
