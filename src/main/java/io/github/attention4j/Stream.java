package io.github.attention4j;

/**
 * A queue of work on one device: calls run one after the other in the order they were enqueued; streams run side by
 * side. May be used by several threads; each call is enqueued whole.
 */
public interface Stream extends AutoCloseable {
    /** Hands what is queued to the device without waiting for it: else a short call may begin a millisecond later. */
    void flush();

    /**
     * Waits until everything queued is done.
     *
     * @throws DeviceException if any of it failed on the device
     */
    void finish();

    /** Lets queued work end, then frees the stream. Closing twice is harmless. */
    @Override
    void close();
}
