package io.github.attention4j.internal.opencl;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An object of the driver's, freed exactly once: releasing a handle twice kills the JVM, and so does using it after.
 * Users between {@link #acquire} and {@link #release} keep it alive; it is freed when it was closed and the last user
 * is gone.
 */
abstract class Native<H> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Native.class);
    private static final LongAdder LIVE = new LongAdder();

    private final String name;
    private final H handle;
    private final Owner owner;
    /** Current users, and one more for the owner until it closes. */
    private final AtomicInteger users = new AtomicInteger(1);

    private final AtomicInteger closed = new AtomicInteger();

    /**
     * Takes a handle over. Whoever makes the object hands it to {@link #owned} when it is whole.
     *
     * @param name what messages call it
     * @param owner closes what is left in it when it is closed itself
     */
    Native(String name, H handle, Owner owner) {
        this.name = name;
        this.handle = handle;
        this.owner = owner;
        LIVE.increment();
    }

    /**
     * Puts a new object into its owner, and returns it.
     *
     * @throws IllegalStateException if the engine is closed; then so is the object
     */
    static <T extends Native<?>> T owned(T made) {
        Native<?> object = made;
        object.owner.add(object);
        return made;
    }

    /** Objects of all engines that were made and not freed; for tests that look for leaks. */
    static long live() {
        return LIVE.sum();
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

    /**
     * Ends a use. If that frees the object and the driver refuses, the log tells: the call that happened to be last is
     * not to blame.
     */
    final void release() {
        try {
            leave();
        } catch (RuntimeException e) {
            LOG.warn("A closed {} was in use until now, and freeing it failed: {}", name, e.getMessage());
        }
    }

    private void leave() {
        if (users.decrementAndGet() == 0) {
            LIVE.decrement(); // whatever the driver says: it is not asked twice
            free(handle);
        }
    }

    /** Gives the handle back to the driver. */
    abstract void free(H handle);

    @Override
    public void close() {
        if (closed.compareAndSet(0, 1)) {
            owner.remove(this);
            leave();
        }
    }
}
