package io.github.attention4j.internal.opencl;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * An object of the driver's, freed exactly once: releasing a handle twice kills the JVM, and so does using it after. Users between
 * {@link #acquire} and {@link #release} keep it alive; it is freed when it was closed and the last user is gone.
 */
abstract class Native<H> implements AutoCloseable {
    private static final LongAdder LIVE = new LongAdder();

    private final String name;
    private final H handle;
    private final Set<AutoCloseable> owner;
    /** Current users, and one more for the owner until it closes. */
    private final AtomicInteger users = new AtomicInteger(1);

    private final AtomicInteger closed = new AtomicInteger();

    /**
     * Takes a handle over.
     *
     * @param name what messages call it
     * @param owner closes what is left in it when it is closed itself
     */
    Native(String name, H handle, Set<AutoCloseable> owner) {
        this.name = name;
        this.handle = handle;
        this.owner = owner;
        LIVE.increment();
        owner.add(this);
    }

    /** Objects of all engines that were made and not freed; for tests that look for leaks. */
    static long live() {
        return LIVE.sum();
    }

    /** A set of owned objects. */
    static Set<AutoCloseable> owner() {
        return ConcurrentHashMap.newKeySet();
    }

    /** The handle, safe to use until {@link #release()}. */
    final H acquire() {
        while (true) {
            int now = users.get();
            if (now == 0 || closed.get() != 0) {
                throw new IllegalStateException(name + " is closed");
            }
            if (users.compareAndSet(now, now + 1)) {
                return handle;
            }
        }
    }

    /** Ends a use. */
    final void release() {
        if (users.decrementAndGet() == 0) {
            free(handle);
            LIVE.decrement();
        }
    }

    /** Gives the handle back to the driver. */
    abstract void free(H handle);

    @Override
    public void close() {
        if (closed.compareAndSet(0, 1)) {
            owner.remove(this);
            release();
        }
    }
}
