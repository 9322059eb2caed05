package io.github.attention4j.onnx;

import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import java.util.Arrays;

/**
 * A tensor of queries, keys or values by heads, where it lies: [batch, head, row, column], or of rank 3 [batch, row,
 * head and column].
 *
 * @param tensor the data
 * @param heads how many heads
 */
record OnnxHeads(OnnxTensor tensor, int heads) {
    /** Checks rank and number of heads. */
    OnnxHeads {
        int[] dims = tensor.dims();
        boolean fits = dims.length == 4 && dims[1] == heads || dims.length == 3 && heads > 0 && dims[2] % heads == 0;
        if (!fits) {
            throw new IllegalArgumentException("a tensor of " + heads
                    + " heads must have shape [batch, heads, rows, columns] or [batch, rows, heads * columns], but has "
                    + Arrays.toString(dims));
        }
    }

    int batch() {
        return tensor.dims()[0];
    }

    int rows() {
        return tensor.dims()[isRowsFirst() ? 1 : 2];
    }

    int columns() {
        return isRowsFirst() ? tensor.dims()[2] / heads : tensor.dims()[3];
    }

    boolean isRowsFirst() {
        return tensor.rank() == 3;
    }

    Layout layout() {
        return isRowsFirst() ? Layout.rowsFirst(heads, rows(), columns()) : Layout.dense(heads, rows(), columns());
    }

    /** These heads as an operand, in place. */
    void describe(AttentionSpecBuilder spec, Operand operand) {
        spec.type(operand, tensor.type().stored()).layout(operand, layout());
    }

    /**
     * These rows behind those of a cache [batch, head, row, column] of the same heads, in the cache's order of
     * dimensions.
     */
    OnnxHeads behind(OnnxTensor cache) {
        requireSame("dimensions of a cache", cache.rank(), 4);
        OnnxHeads past = new OnnxHeads(cache, heads);
        requireSame("types of cache and new rows", cache.type(), tensor.type());
        requireSame("batch entries of cache and new rows", past.batch(), batch());
        requireSame("columns of cache and new rows", past.columns(), columns());
        int[] dims = {batch(), heads, past.rows() + rows(), columns()};
        double[] all = new double[OnnxTensor.count(dims)];
        past.copyTo(all, 0, dims[2]);
        copyTo(all, past.rows(), dims[2]);
        return new OnnxHeads(new OnnxTensor(tensor.type(), dims, all), heads);
    }

    /** This tensor as [batch, head, row, column]. */
    OnnxHeads headsFirst() {
        int[] dims = {batch(), heads, rows(), columns()};
        double[] all = new double[OnnxTensor.count(dims)];
        copyTo(all, 0, rows());
        return new OnnxHeads(new OnnxTensor(tensor.type(), dims, all), heads);
    }

    private void copyTo(double[] target, int firstRow, int rowsOfTarget) {
        for (int batch = 0; batch < batch(); batch++) {
            for (int head = 0; head < heads; head++) {
                for (int row = 0; row < rows(); row++) {
                    int to = ((batch * heads + head) * rowsOfTarget + firstRow + row) * columns();
                    System.arraycopy(tensor.values(), (int) layout().at(batch, head, row), target, to, columns());
                }
            }
        }
    }

    static void requireSame(String what, Object one, Object other) {
        if (!one.equals(other)) {
            throw new IllegalArgumentException(what + " must be the same, but are " + one + " and " + other);
        }
    }
}
