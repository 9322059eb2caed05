package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceException;
import io.github.attention4j.Event;
import java.util.concurrent.CompletableFuture;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;

/**
 * The end of an enqueued call, of one kernel or several. All of them are asked: a driver may run what is queued behind
 * a kernel that failed, and report only the last as well done.
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
                ending.watch(i, events[i]);
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
        private int running;
        private DeviceException failure;

        Ending(Object[] about) {
            this.about = about;
            this.running = about.length;
        }

        /**
         * The status with which a driver calls back is not taken: PoCL 7.1 says there that what failed ended well, PoCL
         * 3.1 too of what had failed before. So the event is asked, which is held until then.
         */
        void watch(int kernel, cl_event event) {
            Cl.retainEvent(event, about[kernel]);
            try {
                Cl.onComplete(event, (ended, status, data) -> ended(kernel, event), about[kernel]);
            } catch (RuntimeException e) {
                Failures.closeAfter(e, () -> Release.event(event, about[kernel]));
                throw e;
            }
        }

        private void ended(int kernel, cl_event event) {
            DeviceException found = null;
            try {
                int status = Cl.status(event, about[kernel]);
                found = status < 0 ? Cl.failure("the enqueued work", status, about[kernel]) : null;
            } catch (DeviceException e) {
                found = e;
            }
            try {
                Release.event(event, about[kernel]);
            } catch (DeviceException e) {
                found = found == null ? e : found;
            }
            ended(found);
        }

        private synchronized void ended(DeviceException found) {
            failure = failure == null ? found : failure;
            if (--running > 0) {
                return;
            }
            // Off the driver's thread, which must not be blocked by what depends on the future.
            DeviceException first = failure;
            future.defaultExecutor().execute(() -> {
                if (first == null) {
                    future.complete(null);
                } else {
                    future.completeExceptionally(first);
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
