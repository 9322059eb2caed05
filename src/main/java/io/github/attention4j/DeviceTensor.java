package io.github.attention4j;

import io.github.attention4j.internal.ArrayShapes;
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

    /**
     * Columns of each row: the head size, or 1 for log-sum-exp. Of {@link DType#BIT} and {@link DType#I4} the bytes of
     * each row, see {@link DType#units}.
     */
    int columns();

    /**
     * How many elements an array of the whole tensor has: {@code batch * heads * rows * columns}; bytes for
     * {@link DType#BIT} and {@link DType#I4}.
     */
    default long elements() {
        return (long) batch() * heads() * rows() * columns();
    }

    /**
     * Copies the whole tensor from an array, after the work queued on the stream before; returns when the array may be
     * changed again. The array has the type that belongs to {@link #dtype}, {@link DType#arrayType}: {@code float[]}
     * for F32, {@code short[]} for F16 and BF16, {@code int[]} for I32, {@code byte[]} for the others.
     *
     * @throws IllegalArgumentException if the array has another type or does not hold exactly {@link #elements()}
     *     values
     * @throws IllegalStateException if stream, tensor or engine are closed
     */
    default void upload(Stream stream, float[] source) {
        ArrayShapes.requireWhole("source", source, dtype(), elements());
        upload(stream, (Object) source, 0);
    }

    /** Like {@link #upload(Stream, float[])}. */
    default void upload(Stream stream, short[] source) {
        ArrayShapes.requireWhole("source", source, dtype(), elements());
        upload(stream, (Object) source, 0);
    }

    /** Like {@link #upload(Stream, float[])}. */
    default void upload(Stream stream, int[] source) {
        ArrayShapes.requireWhole("source", source, dtype(), elements());
        upload(stream, (Object) source, 0);
    }

    /** Like {@link #upload(Stream, float[])}. */
    default void upload(Stream stream, byte[] source) {
        ArrayShapes.requireWhole("source", source, dtype(), elements());
        upload(stream, (Object) source, 0);
    }

    /**
     * Like {@link #upload(Stream, float[])}, from {@code source[offset]} on; there must be at least {@link #elements()}
     * values.
     */
    default void upload(Stream stream, float[] source, int offset) {
        upload(stream, (Object) source, offset);
    }

    /**
     * Copies the whole tensor from an array of the type that belongs to {@link #dtype}, from element {@code offset} on,
     * or from a direct buffer in native order with {@code offset} 0.
     */
    void upload(Stream stream, Object source, int offset);

    /**
     * Copies the whole tensor into an array, after the work queued on the stream before; returns when the array is
     * filled.
     *
     * @throws IllegalArgumentException if the array has another type or does not hold exactly {@link #elements()}
     *     values
     */
    default void download(Stream stream, float[] target) {
        ArrayShapes.requireWhole("target", target, dtype(), elements());
        download(stream, (Object) target, 0);
    }

    /** Like {@link #download(Stream, float[])}. */
    default void download(Stream stream, short[] target) {
        ArrayShapes.requireWhole("target", target, dtype(), elements());
        download(stream, (Object) target, 0);
    }

    /** Like {@link #download(Stream, float[])}. */
    default void download(Stream stream, int[] target) {
        ArrayShapes.requireWhole("target", target, dtype(), elements());
        download(stream, (Object) target, 0);
    }

    /** Like {@link #download(Stream, float[])}. */
    default void download(Stream stream, byte[] target) {
        ArrayShapes.requireWhole("target", target, dtype(), elements());
        download(stream, (Object) target, 0);
    }

    /**
     * Like {@link #download(Stream, float[])}, to {@code target[offset]} on; there must be room for {@link #elements()}
     * values.
     */
    default void download(Stream stream, float[] target, int offset) {
        download(stream, (Object) target, offset);
    }

    /** Copies the whole tensor into an array or buffer, as {@link #upload(Stream, Object, int)} reads it. */
    void download(Stream stream, Object target, int offset);

    /**
     * Makes the tensor's memory visible to Java, after the work queued on the stream before. On an OpenCL device that
     * shares memory with the host nothing is copied, and on every device a tensor made by {@link AttentionEngine#wrap}
     * is seen through the caller's own buffer too. (Pure Java keeps allocated tensors in arrays, which have no view as
     * bytes: mapping one copies it, there and back.) The device must not use the tensor until the mapping is closed.
     */
    Mapping map(Stream stream);

    /** Frees the memory once no queued work uses it. */
    @Override
    void close();

    /**
     * A window from Java onto a tensor's memory; closing it gives the memory back to the device. The memory stays until
     * then, even if tensor, stream or engine are closed before: close it.
     */
    interface Mapping extends AutoCloseable {
        /**
         * The tensor's bytes, in native byte order, to read and write until {@link #close()}.
         *
         * @throws IllegalStateException after close
         */
        ByteBuffer bytes();

        /**
         * Hands the memory back to the device, in the order of the stream that mapped it; its bytes must not be used
         * any more. Waits for the work that was queued there. Closing twice is harmless.
         */
        @Override
        void close();
    }
}
