package io.github.attention4j.internal.java.memory;

import io.github.attention4j.Stream;
import io.github.attention4j.internal.java.threads.Queue;

/** The engine that made a tensor or a cache, as far as these know it. Two are the same only if they are one object. */
public interface Owner {
    /** @throws IllegalStateException if the engine is closed */
    void requireOpen();

    /**
     * The stream's queue.
     *
     * @throws IllegalArgumentException if another engine made the stream
     * @throws IllegalStateException if the stream or the engine is closed
     */
    Queue queue(Stream stream);

    /** The device in words, for errors. */
    String describe();
}
