package io.github.attention4j.internal.cpu;

import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * Where the rows of a tensor [batch, head, row, column] lie in host memory: a float array or a direct buffer, with a stride for each
 * index but the column, whose elements are neighbours. Strides and positions count elements.
 */
final class HostRows {
    /** The floats, or null if they lie in {@link #buffer}. */
    final float[] array;

    /** The floats, or null if they lie in {@link #array}. */
    final FloatBuffer buffer;

    final int rowStride;
    private final int offset;
    private final int batchStride;
    private final int headStride;

    private HostRows(float[] array, FloatBuffer buffer, int offset, int batchStride, int headStride, int rowStride) {
        this.array = array;
        this.buffer = buffer;
        this.offset = offset;
        this.batchStride = batchStride;
        this.headStride = headStride;
        this.rowStride = rowStride;
    }

    /** The rows of a dense array. */
    static HostRows dense(float[] array, int heads, int rows, int columns) {
        Objects.requireNonNull(array, "array");
        return new HostRows(array, null, 0, heads * rows * columns, rows * columns, columns);
    }

    /** The rows of a dense buffer, from its start. */
    static HostRows dense(FloatBuffer buffer, int heads, int rows, int columns) {
        Objects.requireNonNull(buffer, "buffer");
        return new HostRows(null, buffer, 0, heads * rows * columns, rows * columns, columns);
    }

    /** Rows spread over a larger array. */
    static HostRows strided(float[] array, int offset, int batchStride, int headStride, int rowStride) {
        Objects.requireNonNull(array, "array");
        return new HostRows(array, null, offset, batchStride, headStride, rowStride);
    }

    /** The position of a row's first element. */
    int at(int batch, int head, int row) {
        return offset + batch * batchStride + head * headStride + row * rowStride;
    }

    /** Copies neighbouring elements out. */
    void read(int at, float[] target, int targetAt, int count) {
        if (array != null) {
            System.arraycopy(array, at, target, targetAt, count);
        } else {
            buffer.get(at, target, targetAt, count);
        }
    }

    /** Copies neighbouring elements in. */
    void write(int at, float[] source, int sourceAt, int count) {
        if (array != null) {
            System.arraycopy(source, sourceAt, array, at, count);
        } else {
            buffer.put(at, source, sourceAt, count);
        }
    }
}
