package io.github.attention4j.internal.opencl;

import io.github.attention4j.Stream;
import org.jocl.CL;
import org.jocl.cl_command_queue;

/** An in-order queue. */
final class ClStream extends Native<cl_command_queue> implements Stream {
    private final ClContext context;

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

    @Override
    void free(cl_command_queue queue) {
        CL.clFinish(queue);
        CL.clReleaseCommandQueue(queue);
    }
}
