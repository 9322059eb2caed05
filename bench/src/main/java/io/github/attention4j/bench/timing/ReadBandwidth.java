package io.github.attention4j.bench.timing;

import static org.jocl.CL.*;

import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/** How fast a device reads memory when it does nothing else: 256 MB, more than caches hold, summed up. */
public final class ReadBandwidth {
    private static final int FLOATS = 1 << 26;
    private static final int TRIES = 7;

    /** A processor wants each item to read on and on, a GPU wants neighbours to read neighbours. */
    private static final String SOURCE = """
            __kernel void read_all(__global const VECTOR *in, __global VECTOR *out, int rounds) {
              size_t item = get_global_id(0);
              size_t items = get_global_size(0);
              VECTOR a = 0;
              VECTOR b = 0;
              for (int round = 0; round < rounds; round += 2) {
            #if IN_TURNS
                a += in[item + round * items];
                b += in[item + (round + 1) * items];
            #else
                a += in[item * rounds + round];
                b += in[item * rounds + round + 1];
            #endif
              }
              out[item] = a + b;
            }
            """;

    private ReadBandwidth() {}

    /** The best of some tries in GB/s. */
    public static double gigabytesPerSecond(PrototypeDevice device) {
        boolean gpu = device.id().startsWith("gpu");
        int vector = gpu ? 4 : 16;
        int items = gpu ? 1 << 18 : 1 << 12;
        int rounds = FLOATS / vector / items;
        cl_mem in = device.buffer(new float[FLOATS]);
        cl_mem out = device.buffer(new float[items * vector]);
        cl_program program =
                device.build(SOURCE, "-cl-std=CL1.2 -D VECTOR=float" + vector + " -D IN_TURNS=" + (gpu ? 1 : 0));
        cl_kernel kernel = clCreateKernel(program, "read_all", null);
        try {
            device.check(clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(in)), "clSetKernelArg");
            device.check(clSetKernelArg(kernel, 1, Sizeof.cl_mem, Pointer.to(out)), "clSetKernelArg");
            device.check(clSetKernelArg(kernel, 2, Sizeof.cl_int, Pointer.to(new int[] {rounds})), "clSetKernelArg");
            run(device, kernel, items); // some drivers compile at the first run
            double nanos = Double.POSITIVE_INFINITY;
            for (int i = 0; i < TRIES; i++) {
                nanos = Math.min(nanos, run(device, kernel, items));
            }
            return (double) FLOATS * Float.BYTES / nanos;
        } finally {
            clReleaseKernel(kernel);
            clReleaseProgram(program);
            clReleaseMemObject(in);
            clReleaseMemObject(out);
        }
    }

    private static double run(PrototypeDevice device, cl_kernel kernel, int items) {
        long start = System.nanoTime();
        device.check(
                clEnqueueNDRangeKernel(device.queue(), kernel, 1, null, new long[] {items}, null, 0, null, null),
                "clEnqueueNDRangeKernel");
        device.check(clFinish(device.queue()), "clFinish");
        return System.nanoTime() - start;
    }
}
