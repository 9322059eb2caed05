package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceException;
import io.github.attention4j.Event;
import java.util.concurrent.CompletableFuture;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;

/** The end of an enqueued call, of one kernel or several. */
final class ClEvent extends Native<cl_event> implements Event {
    private final String about;
    /** Of the call's first kernel; null where it has but one. */
    private final cl_event first;

    private ClEvent(cl_event first, cl_event event, String about, ClContext context) {
        super("event", event, context.owned);
        this.first = first;
        this.about = about;
    }

    /** Takes the events of a call over. */
    static ClEvent of(cl_event first, cl_event event, String about, ClContext context) {
        return owned(new ClEvent(first, event, about, context));
    }

    /** Gives back an event that a call asked for and that nobody will have, if the call came so far as to make it. */
    static void drop(cl_event event, Object about, Throwable failure) {
        if (event != null && !event.equals(new cl_event())) {
            Failures.closeAfter(failure, () -> Release.event(event, about));
        }
    }

    @Override
    void free(cl_event event) {
        Failures failures = new Failures();
        try {
            Release.event(event, about);
        } catch (RuntimeException e) {
            failures.add(e);
        }
        if (first != null) {
            try {
                Release.event(first, about);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        failures.throwFirst();
    }

    @Override
    public void await() {
        cl_event event = acquire();
        try {
            Cl.await(event, about);
        } finally {
            release();
        }
    }

    @Override
    public boolean isDone() {
        cl_event event = acquire();
        try {
            int[] status = new int[1];
            Cl.eventInfo(event, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, Pointer.to(status), about);
            return status[0] <= CL.CL_COMPLETE; // negative: failed
        } finally {
            release();
        }
    }

    @Override
    public CompletableFuture<Void> toFuture() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        cl_event event = acquire();
        try {
            Cl.onComplete(event, (done, status, data) -> complete(future, status), about);
        } finally {
            release();
        }
        return future;
    }

    /** Off the driver's thread, which must not be blocked by what depends on the future. */
    private void complete(CompletableFuture<Void> future, int status) {
        if (status >= 0) {
            future.completeAsync(() -> null);
        } else {
            DeviceException failure = Cl.failure("the enqueued work", status, about);
            future.defaultExecutor().execute(() -> future.completeExceptionally(failure));
        }
    }

    @Override
    public long deviceNanos() {
        await();
        cl_event event = acquire();
        try {
            cl_event begin = first == null ? event : first;
            return profile(event, CL.CL_PROFILING_COMMAND_END) - profile(begin, CL.CL_PROFILING_COMMAND_START);
        } finally {
            release();
        }
    }

    private long profile(cl_event event, int what) {
        long[] nanos = new long[1];
        String hint = " (a queue of your own must be made with CL_QUEUE_PROFILING_ENABLE)";
        Cl.profile(event, what, Sizeof.cl_long, Pointer.to(nanos), about + hint);
        return nanos[0];
    }
}
