package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.Stream;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;

/**
 * A queue, with the memory through which the kernels of one call hand over partial results. Where it is a caller's and
 * may run commands out of order, each of ours goes behind a barrier.
 */
final class ClStream extends Native<cl_command_queue> implements Stream {
    private static final int SCRATCH_ROW = 1024;
    private static final cl_event[] NO_EVENTS = {};

    /**
     * Held while the kernels of a call that hand something over are enqueued, so that those of another do not come
     * between.
     */
    final Object handover = new Object();

    private final ClContext context;
    private final boolean inOrder;
    /** Null until a call needs it. One serves all calls, because the queue runs them one after the other. */
    private ClTensor scratch;

    private ClStream(String name, ClContext context, cl_command_queue queue, boolean inOrder) {
        super(name, queue, context.owned);
        this.context = context;
        this.inOrder = inOrder;
    }

    static ClStream make(ClContext context) {
        return make("stream", context);
    }

    /** @param name what it is called where it is used after close: what its user knows */
    static ClStream make(String name, ClContext context) {
        return owned(new ClStream(name, context, context.newQueue(), true));
    }

    /** Over a queue of the caller's: retained here, so that closing gives back only what was taken. */
    static ClStream share(ClContext context, cl_command_queue queue) {
        return share("engine", context, queue, true);
    }

    /** Likewise; {@code name} is what messages call it. */
    static ClStream share(String name, ClContext context, cl_command_queue queue, boolean inOrder) {
        Cl.retainQueue(queue, context.device.name());
        return owned(new ClStream(name, context, queue, inOrder));
    }

    /** One more over the queue of this one. */
    ClStream share() {
        cl_command_queue queue = acquire();
        try {
            return share(context, queue);
        } finally {
            release();
        }
    }

    /** The stream as one of this engine's. */
    static ClStream of(Stream stream, ClContext context) {
        if (stream instanceof ClStream own && own.context == context) {
            return own;
        }
        if (stream == null) {
            throw new NullPointerException("stream");
        }
        throw new IllegalArgumentException("stream must come from newStream() of the engine on " + context.device.name()
                + ", but belongs to another engine");
    }

    /** The queue, for a command that runs after those before; until {@link #release}. */
    cl_command_queue begin() {
        cl_command_queue queue = acquire();
        try {
            order(queue);
            return queue;
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /** To be called before each further command on the queue. */
    void order(cl_command_queue queue) {
        if (!inOrder) {
            Cl.barrier(queue, NO_EVENTS, context.device.name());
        }
    }

    /** What follows waits for these events. */
    void waitFor(cl_event[] events) {
        cl_command_queue queue = acquire();
        try {
            Cl.barrier(queue, events, context.device.name());
        } finally {
            release();
        }
    }

    @Override
    public void flush() {
        cl_command_queue queue = acquire();
        try {
            Cl.flush(queue, context.device.name());
        } finally {
            release();
        }
    }

    @Override
    public void finish() {
        cl_command_queue queue = acquire();
        try {
            Cl.finish(queue, context.device.name());
        } finally {
            release();
        }
    }

    /** Like {@link #finish}, but one that is closed was finished when it was. */
    void finishIfOpen() {
        cl_command_queue queue;
        try {
            queue = acquire();
        } catch (IllegalStateException e) {
            return;
        }
        try {
            Cl.finish(queue, context.device.name());
        } finally {
            release();
        }
    }

    /** Memory of at least so many bytes; to be called, and enqueued to, with {@link #handover} held. */
    ClTensor scratch(long bytes) {
        long floats = bytes / Float.BYTES;
        if (scratch == null || scratch.elements() < floats) {
            if (scratch != null) {
                scratch.close(); // the driver keeps it for what is queued
                scratch = null;
            }
            int rows = (int) ((floats + SCRATCH_ROW - 1) / SCRATCH_ROW); // see KeySplit.MOST_FLOATS
            scratch = ClTensor.make("engine", context, DType.F32, 1, 1, rows, SCRATCH_ROW);
        }
        return scratch;
    }

    @Override
    void free(cl_command_queue queue) {
        Failures failures = new Failures();
        try {
            Cl.finish(queue, context.device.name());
        } catch (RuntimeException e) {
            failures.add(e);
        }
        try {
            context.closedQueues.add(queue);
        } catch (RuntimeException e) {
            failures.add(e);
        }
        synchronized (handover) {
            if (scratch != null) {
                failures.close(scratch);
            }
        }
        failures.throwFirst();
    }
}
