package io.github.attention4j.internal.opencl;

import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.MergeCall;
import io.github.attention4j.internal.RotateCall;
import io.github.attention4j.internal.kernel.KernelOptions;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_kernel;

/**
 * Kernels beside attention that treat rows of tensors: merging partial results, rotary embedding. Tensors were checked.
 */
final class RowKernels {
    private final ClContext context;
    private final ProgramCache programs;

    RowKernels(ClContext context, ProgramCache programs) {
        this.context = context;
        this.programs = programs;
    }

    void merge(Stream stream, MergeCall call) {
        KernelOptions options = KernelOptions.merge(
                call.out().columns(), call.firstOut().dtype(), call.out().dtype());
        ClTensor[] tensors = {
            input("first out", call.firstOut()),
            input("first lse", call.firstLse()),
            input("second out", call.secondOut()),
            input("second lse", call.secondLse()),
            ClTensor.of("out", call.out(), context).allowing("out", false, true),
            ClTensor.of("lse", call.lse(), context).allowing("lse", false, true)
        };
        run(stream, programs.get(options), new long[] {call.lse().elements(), 1, 1}, tensors);
    }

    void rotate(Stream stream, RotateCall call) {
        Rotary rotary = call.rotary();
        DeviceTensor source = call.source();
        DeviceTensor positions = call.positions();
        KernelOptions options = KernelOptions.rotate(rotary, source.columns(), source.dtype());
        ClTensor[] tensors = {
            input("source", source),
            input("cos", call.cos()),
            input("sin", call.sin()),
            positions == null ? null : input("positions", positions),
            ClTensor.of("target", call.target(), context).allowing("target", false, true)
        };
        long units = source.columns() - rotary.dim() / 2; // a work-item a pair, or an element that is not rotated
        long[] size = {units, source.rows(), (long) source.batch() * source.heads()};
        int positionBatch = positions == null || positions.batch() == 1 ? 0 : source.rows();
        run(
                stream,
                programs.get(options),
                size,
                tensors,
                source.heads(),
                rotary.positions(),
                positions == null ? 0 : 1,
                positionBatch);
    }

    private ClTensor input(String name, DeviceTensor tensor) {
        return ClTensor.of(name, tensor, context).allowing(name, true, false);
    }

    private void run(Stream stream, ClProgram program, long[] size, ClTensor[] tensors, int... numbers) {
        ClStream own = ClStream.of(stream, context);
        ClTensor.acquireAll(tensors);
        try {
            cl_command_queue queue = own.begin();
            try {
                launch(queue, program, size, tensors, numbers);
            } finally {
                own.release();
            }
        } finally {
            ClTensor.releaseAll(tensors);
        }
    }

    private static void launch(
            cl_command_queue queue, ClProgram program, long[] size, ClTensor[] tensors, int[] numbers) {
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                int at = 0;
                for (ClTensor tensor : tensors) {
                    Cl.setArgument(kernel, at++, Sizeof.cl_mem, tensor == null ? null : tensor.argument(), program);
                }
                for (int number : numbers) {
                    Cl.setArgument(kernel, at++, Sizeof.cl_int, Pointer.to(new int[] {number}), program);
                }
                program.launch(queue, kernel, size, null, null);
            }
        } finally {
            program.release();
        }
    }
}
