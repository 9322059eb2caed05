package io.github.attention4j.transformer.internal.files;

import java.io.IOException;

/** A model's weights by name. */
public interface Tensors extends AutoCloseable {
    /** Whether there is a tensor of this name. */
    boolean has(String tensor);

    /**
     * A tensor's numbers, row by row, in an array of their own. All sizes are checked before it is made.
     *
     * @param shape what it must have
     * @throws IOException if there is no such tensor, it has another shape or type, or the file is damaged
     */
    float[] floats(String tensor, int... shape) throws IOException;

    @Override
    void close() throws IOException;
}
