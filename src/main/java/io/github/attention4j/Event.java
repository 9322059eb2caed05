package io.github.attention4j;

import java.util.concurrent.CompletableFuture;

/**
 * The end of one enqueued call. Holds a native object: close it. Closing twice is harmless, and futures taken before
 * still complete.
 */
public interface Event extends AutoCloseable {
    /**
     * Blocks until the work is done.
     *
     * @throws DeviceException if it failed on the device
     */
    void await();

    /** Whether the work is done, well or not. */
    boolean isDone();

    /** Completes when the work is done, exceptionally with a {@link DeviceException} if it failed. */
    CompletableFuture<Void> toFuture();

    /**
     * Time the device spent on the work, in nanoseconds, from start to end; waits for the end first.
     *
     * @throws DeviceException if the work failed, or the driver does not tell times: a queue of the caller's may have
     *     been made without profiling
     * @throws IllegalStateException if the event is closed
     */
    long deviceNanos();

    /** Frees the native object. Does not wait. */
    @Override
    void close();
}
