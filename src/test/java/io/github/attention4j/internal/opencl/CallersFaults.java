package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Event;
import io.github.attention4j.OpenClInterop;
import io.github.attention4j.Stream;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_mem;

/**
 * One of the programs of {@link FaultScripts}: what a caller's program has is made before anything fails, and so is an
 * engine in it.
 */
final class CallersFaults {
    private static final AttentionSpec SPEC =
            AttentionSpec.builder().heads(2).sequenceLength(5).headDim(4).build();
    private static final CallersProgram PROGRAM = new CallersProgram();
    private static final cl_command_queue QUEUE = PROGRAM.queue(false);
    private static final cl_mem BUFFER = PROGRAM.buffer(CL.CL_MEM_READ_WRITE, 4096);
    private static final Pointer SVM = CL.clSVMAlloc(PROGRAM.context, CL.CL_MEM_READ_WRITE, 160, 0);
    private static final cl_event EVENT = PROGRAM.make(QUEUE, BUFFER, 0, 40, 1);
    private static final AttentionEngine ENGINE =
            AttentionEngine.open(PROGRAM.context, PROGRAM.queue(true), FaultScripts.options());

    private CallersFaults() {}

    private static DeviceTensor wrap(OpenClInterop interop, long byteOffset) {
        return interop.wrap(BUFFER, byteOffset, DType.F32, 1, 2, 5, 4);
    }

    /** Tensors over a whole buffer, a part of it and shared virtual memory; a queue that keeps no order. */
    static void run() {
        OpenClInterop interop = ENGINE.interop();
        try (Stream stream = interop.stream(QUEUE);
                DeviceTensor query = wrap(interop, 0);
                DeviceTensor key = interop.wrapSvm(SVM, DType.F32, 1, 2, 5, 4);
                DeviceTensor out = wrap(interop, 4L * interop.byteAlignment())) {
            interop.waitFor(stream, EVENT);
            AttentionTensors given = AttentionTensors.of(query, key, key, out);
            try (Event event = ENGINE.plan(SPEC).enqueueWithEvent(stream, given)) {
                interop.handle(event);
            }
            out.download(stream, new float[40]);
        }
    }
}
