package io.github.attention4j;

import io.github.attention4j.internal.Sizes;

/**
 * Where the elements of a tensor [batch, head, row, column] lie in their array or buffer. All numbers count elements;
 * columns are neighbours. A stride of 0 repeats the same elements, which inputs may.
 *
 * @param start the tensor's first element
 * @param batchStride from one batch entry to the next
 * @param headStride from one head to the next
 * @param rowStride from one row to the next
 */
public record Layout(long start, long batchStride, long headStride, long rowStride) {
    /** Checks that nothing is negative. */
    public Layout {
        if (start < 0 || batchStride < 0 || headStride < 0 || rowStride < 0) {
            throw new IllegalArgumentException("start and strides must be at least 0, but are " + start + ", "
                    + batchStride + ", " + headStride + ", " + rowStride);
        }
    }

    /** In which order the dimensions of query, key, value and out lie in memory. */
    public enum Order {
        /** [batch, head, row, column], the default. */
        BATCH_HEAD_ROW,
        /** [batch, row, head, column]: what a linear layer gives. */
        BATCH_ROW_HEAD,
        /**
         * Query, key and value in one array [batch, row, heads of query then key then value, column], as one fused
         * linear layer gives them; out is [batch, row, head, column]. Pass the same array or tensor for all three.
         */
        PACKED_QKV
    }

    /**
     * Elements side by side in the order [batch, head, row, column].
     *
     * @throws IllegalArgumentException if a size is less than 1, or they are more than 2^60 elements together
     */
    public static Layout dense(int heads, int rows, int columns) {
        long entry = entry(heads, rows, columns);
        return new Layout(0, entry, (long) rows * columns, columns);
    }

    /**
     * Elements side by side in the order [batch, row, head, column].
     *
     * @throws IllegalArgumentException if a size is less than 1, or they are more than 2^60 elements together
     */
    public static Layout rowsFirst(int heads, int rows, int columns) {
        long entry = entry(heads, rows, columns);
        return new Layout(0, entry, columns, (long) heads * columns);
    }

    /** Whether it is {@link #dense} for these sizes, without making one: plans ask at every call. */
    boolean isDense(int heads, int rows, int columns) {
        long head = (long) rows * columns;
        return start == 0 && batchStride == heads * head && headStride == head && rowStride == columns;
    }

    private static long entry(int heads, int rows, int columns) {
        if (heads < 1 || rows < 1 || columns < 1) {
            throw new IllegalArgumentException(
                    "heads, rows and columns must be at least 1, but are " + heads + ", " + rows + ", " + columns);
        }
        long entry = Sizes.times((long) heads * rows, columns);
        if (entry > Sizes.MOST_ELEMENTS) {
            throw new IllegalArgumentException("a batch entry must have at most 2^60 elements, but " + heads + " x "
                    + rows + " x " + columns + " are more");
        }
        return entry;
    }

    /**
     * The position of the first element of a row, in what strides count: elements, or bytes for {@link DType#BIT} and
     * {@link DType#I4}.
     *
     * @throws IllegalArgumentException if a number is negative, or the position more than a long holds
     */
    public long at(long batch, long head, long row) {
        if (batch < 0 || head < 0 || row < 0) {
            throw new IllegalArgumentException(
                    "batch, head and row must be at least 0, but are " + batch + ", " + head + ", " + row);
        }
        long at = position(batch, head, row);
        if (at == Long.MAX_VALUE) {
            throw new IllegalArgumentException("[" + batch + ", " + head + ", " + row + "] in " + this
                    + " lies beyond element 2^63; use smaller strides");
        }
        return at;
    }

    /** Likewise; {@link Long#MAX_VALUE} if that is more than a long holds. */
    long position(long batch, long head, long row) {
        long at = Sizes.plus(start, Sizes.times(batch, batchStride));
        at = Sizes.plus(at, Sizes.times(head, headStride));
        return Sizes.plus(at, Sizes.times(row, rowStride));
    }

    @Override
    public boolean equals(Object other) { // written out for a fast start, see TensorSpec
        return other instanceof Layout that
                && start == that.start
                && batchStride == that.batchStride
                && headStride == that.headStride
                && rowStride == that.rowStride;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(start + 31 * (batchStride + 31 * (headStride + 31 * rowStride)));
    }
}
