package io.github.attention4j.internal.opencl;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The objects to be closed together, with an engine. Once that has begun it takes nothing more: what a call makes that
 * races with the close is freed at once, and the call throws.
 */
final class Owner implements AutoCloseable {
    private final Set<AutoCloseable> owned = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Takes over an object, which must be whole: another thread may close it from here on.
     *
     * @throws IllegalStateException if the engine is closed; then so is the object
     */
    void add(AutoCloseable made) {
        owned.add(made);
        if (closed) { // a thread that closes set this before it read the set: it saw the object, or this sees the flag
            IllegalStateException refusal = new IllegalStateException("engine is closed");
            try {
                made.close();
            } catch (Exception e) {
                refusal.addSuppressed(e);
            }
            throw refusal;
        }
    }

    /** To be called by an object that closes. */
    void remove(AutoCloseable closing) {
        owned.remove(closing);
    }

    /** Waits for the work that is queued on streams of this engine. */
    void finishStreams() {
        for (AutoCloseable each : owned) {
            if (each instanceof ClStream stream) {
                stream.finishIfOpen();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        Failures failures = new Failures();
        for (AutoCloseable each : owned) {
            failures.close(each);
        }
        failures.throwFirst();
    }
}
