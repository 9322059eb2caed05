package io.github.attention4j.transformer.internal.files;

import java.io.IOException;

/** A model's weights by name. */
public interface Tensors extends AutoCloseable {
    /** Whether there is a tensor of this name. */
    boolean has(String tensor);

    /**
     * How many numbers a tensor has. All sizes are checked.
     *
     * @param shape what it must have
     * @throws IOException if there is no such tensor, it has another shape or type, or the file is damaged
     */
    int elements(String tensor, int... shape) throws IOException;

    /**
     * Reads a tensor's numbers, row by row.
     *
     * @param to has room for them
     * @param at where in {@code to} they begin
     * @param shape what the tensor must have
     * @throws IOException as {@link #elements}
     */
    void read(String tensor, float[] to, int at, int... shape) throws IOException;

    /** A tensor's numbers in an array of their own, which is made when all sizes have been checked. */
    default float[] floats(String tensor, int... shape) throws IOException {
        float[] all = new float[elements(tensor, shape)];
        read(tensor, all, 0, shape);
        return all;
    }

    @Override
    void close() throws IOException;
}
