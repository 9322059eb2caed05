package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.DType;
import java.util.Optional;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_kernel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Kernels have an argument for each operand, and there will be more of them. */
@Tag("opencl")
class ManyArgumentsTest {
    private static final int NUMBERS = 40;

    @Test
    void aKernelMayHaveMoreThan32Arguments() {
        StringBuilder source = new StringBuilder("__kernel void many(__global int *sum");
        StringBuilder sum = new StringBuilder("0");
        for (int i = 0; i < NUMBERS; i++) {
            source.append(", int n").append(i);
            sum.append(" + n").append(i);
        }
        source.append(") { *sum = ").append(sum).append("; }\n");
        try (ClContext context = ClContext.make(OpenCl.discover().found().get(0));
                ProgramCache programs = new ProgramCache(context, Optional.empty());
                ClTensor result = ClTensor.make(context, null, DType.I32, 1, 1, 1, 1);
                ClStream stream = ClStream.make(context)) {
            ClProgram program = programs.load("many", source.toString(), "-cl-std=CL1.2");
            cl_kernel kernel = program.acquire();
            cl_command_queue queue = stream.acquire();
            try {
                synchronized (program.lock) {
                    program.setArgument(kernel, 0, Sizeof.cl_mem, result.argument(), program);
                    for (int i = 0; i < NUMBERS; i++) {
                        program.setArgument(kernel, 1 + i, Sizeof.cl_int, Pointer.to(new int[] {1 << i % 8}), program);
                    }
                    program.launch(queue, kernel, new long[] {1, 1, 1}, null, null);
                }
            } finally {
                stream.release();
                program.release();
            }
            int[] all = new int[1];
            result.download(stream, all);
            assertEquals(NUMBERS / 8 * 255, all[0]);
        }
    }
}
