package io.github.attention4j;

import io.github.attention4j.internal.HostBuffers;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.Sizes;
import java.nio.ByteBuffer;

/** Checks of tensors that are to be made. */
final class TensorChecks {
    /** Columns in which the elements of a strided tensor are counted where one row would be too long. */
    static final int LINE = 1 << 16;

    private TensorChecks() {}

    /** Rows of {@link #LINE} columns that a strided tensor needs. */
    static int lines(TensorSpec tensor, Device device) {
        long lines = (tensor.extent() - 1) / LINE + 1;
        if (lines > Integer.MAX_VALUE) {
            throw new UnsupportedByDeviceException(
                    "a tensor of " + tensor.extent()
                            + " elements from first to last is larger than any buffer; use smaller strides",
                    device.describe());
        }
        return (int) lines;
    }

    /** Checks that a tensor may lie in a buffer of the caller's. */
    static void requireWrappable(
            ByteBuffer buffer, DType dtype, int batch, int heads, int rows, int columns, Device device) {
        HostBuffers.requireDirect("buffer", buffer);
        HostBuffers.requireWritable("buffer", buffer);
        Shapes.requireSizes(dtype, batch, heads, rows, columns);
        long bytes = Sizes.times(batch, heads, rows, columns) * dtype.bytes();
        if (buffer.remaining() != bytes) {
            throw new IllegalArgumentException("buffer must have " + bytes + " bytes between position and limit, "
                    + dtype + " " + Shapes.shape(batch, heads, rows, columns) + ", but has " + buffer.remaining());
        }
        if (!device.sharesHostMemory()) {
            throw new UnsupportedByDeviceException(
                    "a direct buffer cannot be used without a copy on " + device.name()
                            + ", which has memory of its own; use allocate and upload",
                    device.describe());
        }
    }
}
