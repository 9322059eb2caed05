package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceException;
import io.github.attention4j.Event;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jocl.CL;
import org.jocl.EventCallbackFunction;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;

/**
 * The end of an enqueued call, of one kernel or several. All of them are asked: a driver may run what is queued behind a kernel that failed, and report
 * only the last as well done.
 */
final class ClEvent extends Native<cl_event[]> implements Event {
    /** What messages say of each kernel. */
    private final Object[] about;

    private ClEvent(cl_event[] events, Object[] about, ClContext context) {
        super("event", events, context.owned);
        this.about = about;
    }

    /** Of the kernels in the order in which they run; taken over. */
    static ClEvent of(cl_event[] events, Object[] about, ClContext context) {
        return owned(new ClEvent(events, about, context));
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
        Ending ending = new Ending(about);
        cl_event[] events = acquire();
        try {
            for (int i = 0; i < events.length; i++) {
                // Asked before and after: PoCL 3.1 calls back for what has failed before as if it had ended well, or
                // not at all.
                int status = Cl.status(events[i], about[i]);
                if (status > CL.CL_COMPLETE) {
                    Cl.onComplete(events[i], ending.of(i), about[i]);
                    status = Cl.status(events[i], about[i]);
                }
                if (status <= CL.CL_COMPLETE) {
                    ending.ended(i, status);
                }
            }
        } finally {
            release();
        }
        return ending.future;
    }

    /** Completes a future when the last kernel has ended. */
    private static final class Ending {
        final CompletableFuture<Void> future = new CompletableFuture<>();
        private final Object[] about;
        private final boolean[] isRunning;
        private int running;
        private DeviceException failure;

        Ending(Object[] about) {
            this.about = about;
            this.running = about.length;
            this.isRunning = new boolean[running];
            Arrays.fill(isRunning, true);
        }

        EventCallbackFunction of(int kernel) {
            return (event, status, data) -> ended(kernel, status);
        }

        synchronized void ended(int kernel, int status) {
            if (status < 0 && failure == null) {
                failure = Cl.failure("the enqueued work", status, about[kernel]);
            }
            boolean isLast = isRunning[kernel] && --running == 0;
            isRunning[kernel] = false;
            if (!isLast) {
                return;
            }
            // Off the driver's thread, which must not be blocked by what depends on the future.
            DeviceException found = failure;
            future.defaultExecutor().execute(() -> {
                if (found == null) {
                    future.complete(null);
                } else {
                    future.completeExceptionally(found);
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
