package io.github.attention4j.internal.opencl;

import java.nio.ByteBuffer;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;

/** The compiled kernels of a plan: sets their arguments and launches one after the other, as often as asked. */
final class ClLaunches {
    /** For an argument without a tensor. */
    static final int NONE = -1;

    private final ClContext context;
    private final Running[] all;
    /** Scratch that the stream lends the kernels. */
    private final long partialBytes;

    /**
     * A kernel with what it is given.
     *
     * @param arguments for each argument in front of the params the number of its tensor, or {@link #NONE}
     * @param params its struct
     * @param pointer to it, which does not keep it reachable on every driver
     * @param takesPartials whether the scratch is its last argument
     */
    record Running(
            ClProgram program,
            int[] arguments,
            ByteBuffer params,
            Pointer pointer,
            boolean takesPartials,
            long[] globalSize,
            long[] localSize) {
        Running(
                ClProgram program,
                int[] arguments,
                ByteBuffer params,
                boolean takesPartials,
                long[] globalSize,
                long[] localSize) {
            this(program, arguments, params, Pointer.to(params), takesPartials, globalSize, localSize);
        }

        /** What messages say of it. */
        @Override
        public String toString() {
            return program.describe(globalSize, localSize);
        }
    }

    ClLaunches(ClContext context, Running[] all, long partialBytes) {
        this.context = context;
        this.all = all;
        this.partialBytes = partialBytes;
    }

    /** Launches on tensors that were checked, by their number. */
    void enqueue(ClStream own, ClTensor[] tensors) {
        enqueue(own, null, tensors);
    }

    /** Likewise; the event is that of all kernels. */
    ClEvent enqueueWithEvent(ClStream own, ClTensor[] tensors) {
        cl_event[] events = new cl_event[all.length];
        for (int i = 0; i < events.length; i++) {
            events[i] = new cl_event();
        }
        try {
            enqueue(own, events, tensors);
        } catch (RuntimeException | Error e) {
            Release.made(events, this, e);
            throw e;
        }
        return ClEvent.of(events, all, context);
    }

    /** {@code events} are those of all kernels in their order, or null. */
    private void enqueue(ClStream own, cl_event[] events, ClTensor[] tensors) {
        ClTensor.acquireAll(tensors);
        try {
            cl_command_queue queue = own.begin();
            try {
                if (partialBytes == 0) {
                    launchAll(own, queue, events, tensors, null);
                } else {
                    launchParts(own, queue, events, tensors);
                }
            } finally {
                own.release();
            }
        } finally {
            ClTensor.releaseAll(tensors);
        }
    }

    private void launchParts(ClStream stream, cl_command_queue queue, cl_event[] events, ClTensor[] tensors) {
        synchronized (stream.handover) {
            ClTensor partial = stream.scratch(partialBytes);
            partial.acquire();
            try {
                launchAll(stream, queue, events, tensors, partial);
            } finally {
                partial.release();
            }
        }
    }

    private void launchAll(
            ClStream stream, cl_command_queue queue, cl_event[] events, ClTensor[] tensors, ClTensor partial) {
        for (int i = 0; i < all.length; i++) {
            if (i > 0) {
                stream.order(queue);
            }
            launch(queue, events == null ? null : events[i], all[i], tensors, partial);
        }
    }

    private static void launch(
            cl_command_queue queue, cl_event event, Running running, ClTensor[] tensors, ClTensor partial) {
        ClProgram program = running.program();
        int[] arguments = running.arguments();
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                for (int i = 0; i < arguments.length; i++) {
                    ClTensor tensor = arguments[i] == NONE ? null : tensors[arguments[i]];
                    setTensor(program, kernel, i, tensor);
                }
                program.setArgument(kernel, arguments.length, running.params().capacity(), running.pointer(), program);
                if (running.takesPartials()) { // null where nothing is handed over
                    setTensor(program, kernel, arguments.length + 1, partial);
                }
                program.launch(queue, kernel, running.globalSize(), running.localSize(), event);
            }
        } finally {
            program.release();
        }
    }

    private static void setTensor(ClProgram program, cl_kernel kernel, int number, ClTensor tensor) {
        program.setArgument(kernel, number, Sizeof.cl_mem, tensor == null ? null : tensor.argument(), program);
    }

    /** What messages say of it. */
    @Override
    public String toString() {
        return all[0].toString();
    }
}
