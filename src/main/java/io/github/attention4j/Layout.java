package io.github.attention4j;

/**
 * Where the elements of a tensor [batch, head, row, column] lie in their array or buffer. All numbers count elements; columns are
 * neighbours. A stride of 0 repeats the same elements, which inputs may.
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
         * Query, key and value in one array [batch, row, heads of query then key then value, column], as one fused linear layer gives
         * them; out is [batch, row, head, column]. Pass the same array or tensor for all three.
         */
        PACKED_QKV
    }

    /** Elements side by side in the order [batch, head, row, column]. */
    public static Layout dense(int heads, int rows, int columns) {
        return new Layout(0, (long) heads * rows * columns, (long) rows * columns, columns);
    }

    /** Elements side by side in the order [batch, row, head, column]. */
    public static Layout rowsFirst(int heads, int rows, int columns) {
        return new Layout(0, (long) rows * heads * columns, columns, (long) heads * columns);
    }

    /** The position of the first element of a row. */
    public long at(long batch, long head, long row) {
        return start + batch * batchStride + head * headStride + row * rowStride;
    }

    @Override
    public boolean equals(Object other) { // written out for a fast start, see AttentionSpec
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
