package io.github.attention4j;

import io.github.attention4j.internal.Shapes;
import java.nio.ByteBuffer;

/**
 * A dense tensor [batch, heads, rows, columns] in the memory of an engine's device, row-major.
 *
 * <p>Contents are undefined until uploaded or computed. A tensor may be used by several streams; ordering between
 * streams is the caller's business (wait for an {@link Event}). Closing a tensor that queued work still uses is safe:
 * the memory goes when that work is done. Closing twice is harmless; any other use after close is an
 * {@link IllegalStateException}.
 */
public interface DeviceTensor extends AutoCloseable {
    /** The type of an element. */
    DType dtype();

    /** Entries of the batch. */
    int batch();

    /** Heads in each entry of the batch. */
    int heads();

    /** Rows of each head: its queries or keys. */
    int rows();

    /** Columns of each row: the head size, or 1 for log-sum-exp. */
    int columns();

    /** How many elements: {@code batch * heads * rows * columns}. */
    default long elements() {
        return (long) batch() * heads() * rows() * columns();
    }

    /**
     * Copies the whole tensor from an array, after the work queued on the stream before; returns when the array may be changed again.
     *
     * @throws IllegalArgumentException if the array does not hold exactly {@link #elements()} values
     */
    default void upload(Stream stream, float[] source) {
        Shapes.requireWhole("source", source, this);
        upload(stream, source, 0);
    }

    /** Like {@link #upload(Stream, float[])}, from {@code source[offset]} on; there must be at least {@link #elements()} values. */
    void upload(Stream stream, float[] source, int offset);

    /**
     * Copies the whole tensor into an array, after the work queued on the stream before; returns when the array is filled.
     *
     * @throws IllegalArgumentException if the array does not hold exactly {@link #elements()} values
     */
    default void download(Stream stream, float[] target) {
        Shapes.requireWhole("target", target, this);
        download(stream, target, 0);
    }

    /** Like {@link #download(Stream, float[])}, to {@code target[offset]} on; there must be room for {@link #elements()} values. */
    void download(Stream stream, float[] target, int offset);

    /**
     * Makes the tensor's memory visible to Java, after the work queued on the stream before. On an OpenCL device that shares memory with
     * the host nothing is copied, and on every device a tensor made by {@link AttentionEngine#wrap} is seen through the caller's own buffer
     * too. (Pure Java keeps allocated tensors in arrays, which have no view as bytes: mapping one copies it, there and back.)
     * The device must not use the tensor until the mapping is closed.
     */
    Mapping map(Stream stream);

    /** Frees the memory once no queued work uses it. */
    @Override
    void close();

    /** A window from Java onto a tensor's memory; closing it gives the memory back to the device. */
    interface Mapping extends AutoCloseable {
        /**
         * The tensor's bytes, in native byte order, to read and write until {@link #close()}.
         *
         * @throws IllegalStateException after close
         */
        ByteBuffer bytes();

        /** Hands the memory back to the device, in the order of the stream that mapped it. Closing twice is harmless. */
        @Override
        void close();
    }
}
