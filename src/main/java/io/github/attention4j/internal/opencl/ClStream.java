package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.Stream;
import org.jocl.CL;
import org.jocl.cl_command_queue;

/** An in-order queue, with the memory through which the kernels of one call hand over partial results. */
final class ClStream extends Native<cl_command_queue> implements Stream {
    private static final int SCRATCH_ROW = 1024;

    /** Held while the kernels of a call that hand something over are enqueued, so that those of another do not come between. */
    final Object handover = new Object();

    private final ClContext context;
    /** Null until a call needs it. One serves all calls, because the queue runs them one after the other. */
    private ClTensor scratch;

    private ClStream(ClContext context, cl_command_queue queue) {
        super("stream", queue, context.owned);
        this.context = context;
    }

    static ClStream make(ClContext context) {
        return new ClStream(context, context.newQueue());
    }

    /** Over a queue of the caller's: retained here, so that closing gives back only what was taken. */
    static ClStream share(ClContext context, cl_command_queue queue) {
        Cl.retainQueue(queue, context.device.name());
        return new ClStream(context, queue);
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

    /** Memory of at least so many bytes; to be called, and enqueued to, with {@link #handover} held. */
    ClTensor scratch(long bytes) {
        long floats = bytes / Float.BYTES;
        if (scratch == null || scratch.elements() < floats) {
            if (scratch != null) {
                scratch.close(); // the driver keeps it for what is queued
                scratch = null;
            }
            int rows = (int) ((floats + SCRATCH_ROW - 1) / SCRATCH_ROW); // see KeySplit.MOST_FLOATS
            scratch = ClTensor.make(context, null, DType.F32, 1, 1, rows, SCRATCH_ROW);
        }
        return scratch;
    }

    @Override
    void free(cl_command_queue queue) {
        CL.clFinish(queue);
        CL.clReleaseCommandQueue(queue);
        synchronized (handover) {
            if (scratch != null) {
                scratch.close();
            }
        }
    }
}
