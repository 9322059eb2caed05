package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceException;
import io.github.attention4j.Event;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;

/**
 * The end of an enqueued call, of one kernel or several. All of them are asked: a driver may run what is queued behind
 * a kernel that failed, and report only the last as well done.
 */
final class ClEvent extends Native<cl_event[]> implements Event {
    /**
     * Threads that wait for what futures are of. The driver is not asked to call back: its thread would enter the JVM,
     * which may wait there for a garbage collection, and that for a thread that copies from or to a Java array, and
     * that for the driver's thread. (Seen on PoCL 3.1 and 6.0.)
     */
    private static final Executor WATCHERS = watchers();

    /** What messages say of each kernel. */
    private final Object[] about;

    private final ClContext context;

    private ClEvent(cl_event[] events, Object[] about, ClContext context) {
        super("event", events, context.owned);
        this.about = about;
        this.context = context;
    }

    private static Executor watchers() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "attention4j-event-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(null); // which it would keep
            return thread;
        });
    }

    /** Of the kernels in the order in which they run; taken over. */
    static ClEvent of(cl_event[] events, Object[] about, ClContext context) {
        return owned(new ClEvent(events, about, context));
    }

    /** The event as one of this engine's. */
    static ClEvent of(Event event, ClContext context) {
        if (event instanceof ClEvent own && own.context == context) {
            return own;
        }
        Objects.requireNonNull(event, "event");
        throw new IllegalArgumentException("event must be of a call of the engine on " + context.device.name()
                + ", but belongs to another engine");
    }

    /** That of the last kernel. */
    cl_event last() {
        cl_event[] events = acquire();
        try {
            return events[events.length - 1];
        } finally {
            release();
        }
    }

    @Override
    void free(cl_event[] events) {
        Failures failures = new Failures();
        for (int i = 0; i < events.length; i++) {
            try {
                Release.event(events[i], about[i]);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        failures.throwFirst();
    }

    @Override
    public void await() {
        cl_event[] events = acquire();
        try {
            for (int i = 0; i < events.length; i++) {
                Cl.await(events[i], about[i]);
            }
        } finally {
            release();
        }
    }

    @Override
    public boolean isDone() {
        cl_event[] events = acquire();
        try {
            for (int i = events.length - 1; i >= 0; i--) {
                if (Cl.status(events[i], about[i]) > CL.CL_COMPLETE) { // negative: failed
                    return false;
                }
            }
            return true;
        } finally {
            release();
        }
    }

    @Override
    public CompletableFuture<Void> toFuture() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        cl_event[] events = acquire();
        try {
            Ending ending = new Ending(events, about, future);
            try {
                WATCHERS.execute(ending);
            } catch (RuntimeException | Error e) { // no thread to be had
                ending.release(e, events.length);
                throw e;
            }
        } finally {
            release();
        }
        return future;
    }

    /** Completes a future when the last kernel has ended; it holds the events until then. */
    private static final class Ending implements Runnable {
        private final cl_event[] events;
        private final Object[] about;
        private final CompletableFuture<Void> future;

        Ending(cl_event[] events, Object[] about, CompletableFuture<Void> future) {
            this.events = events;
            this.about = about;
            this.future = future;
            int held = 0;
            try {
                for (; held < events.length; held++) {
                    Cl.retainEvent(events[held], about[held]);
                }
            } catch (RuntimeException e) {
                release(e, held);
                throw e;
            }
        }

        void release(Throwable after, int held) {
            for (int i = 0; i < held; i++) {
                int kernel = i;
                Failures.closeAfter(after, () -> Release.event(events[kernel], about[kernel]));
            }
        }

        @Override
        public void run() {
            DeviceException first = null;
            for (int i = 0; i < events.length; i++) {
                try {
                    Cl.await(events[i], about[i]);
                } catch (DeviceException e) {
                    first = first == null ? e : first;
                }
                try {
                    Release.event(events[i], about[i]);
                } catch (DeviceException e) {
                    first = first == null ? e : first;
                }
            }
            // Off this thread, which must not be blocked by what depends on the future.
            DeviceException failure = first;
            future.defaultExecutor().execute(() -> {
                if (failure == null) {
                    future.complete(null);
                } else {
                    future.completeExceptionally(failure);
                }
            });
        }
    }

    @Override
    public long deviceNanos() {
        await();
        cl_event[] events = acquire();
        try {
            int last = events.length - 1;
            return profile(events[last], CL.CL_PROFILING_COMMAND_END, last)
                    - profile(events[0], CL.CL_PROFILING_COMMAND_START, 0);
        } finally {
            release();
        }
    }

    private long profile(cl_event event, int what, int kernel) {
        long[] nanos = new long[1];
        String hint = " (a queue of your own must be made with CL_QUEUE_PROFILING_ENABLE)";
        Cl.profile(event, what, Sizeof.cl_long, Pointer.to(nanos), about[kernel] + hint);
        return nanos[0];
    }
}
