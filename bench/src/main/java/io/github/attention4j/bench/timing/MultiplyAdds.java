package io.github.attention4j.bench.timing;

import static org.jocl.CL.*;

import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/** How many multiply-adds a device can do when it does nothing else: what the rate of a kernel is a share of. */
public final class MultiplyAdds {
    private static final int ITEMS = 1 << 18;
    private static final int CHAINS = 8;
    private static final double LONG_ENOUGH_MILLIS = 40;
    private static final int MOST_ROUNDS = 1 << 16;
    private static final int TRIES = 3;

    /** Eight chains that do not wait for one another; the store, which never happens, keeps them from being left out. */
    private static final String SOURCE = """
            __kernel void multiply_adds(__global float *out, float a, float b, int rounds) {
              float4 x[8];
              #pragma unroll
              for (int i = 0; i < 8; i++) {
                x[i] = (float4)(get_global_id(0) + i);
              }
              for (int round = 0; round < rounds; round++) {
                #pragma unroll
                for (int i = 0; i < 8; i++) {
                  x[i] = fma(x[i], (float4)(a), (float4)(b));
                }
              }
              float4 sum = x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7];
              if (sum.x + sum.y + sum.z + sum.w == a) {
                out[0] = sum.x;
              }
            }
            """;

    private MultiplyAdds() {}

    /** The best of some tries in GFLOP/s, in 32-bit floats. */
    public static double gflops(PrototypeDevice device) {
        cl_program program = device.build(SOURCE, "-cl-std=CL1.2");
        cl_kernel kernel = clCreateKernel(program, "multiply_adds", null);
        cl_mem out = device.buffer(new float[1]);
        try {
            device.check(clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(out)), "clSetKernelArg");
            device.check(clSetKernelArg(kernel, 1, Sizeof.cl_float, Pointer.to(new float[] {0.5f})), "clSetKernelArg");
            device.check(clSetKernelArg(kernel, 2, Sizeof.cl_float, Pointer.to(new float[] {1})), "clSetKernelArg");
            int rounds = 8;
            double millis = run(device, kernel, rounds);
            while (millis < LONG_ENOUGH_MILLIS && rounds < MOST_ROUNDS) {
                rounds *= 2;
                millis = run(device, kernel, rounds);
            }
            for (int i = 1; i < TRIES; i++) {
                millis = Math.min(millis, run(device, kernel, rounds));
            }
            return 2.0 * 4 * CHAINS * ITEMS * rounds / millis * 1e-6;
        } finally {
            clReleaseMemObject(out);
            clReleaseKernel(kernel);
            clReleaseProgram(program);
        }
    }

    private static double run(PrototypeDevice device, cl_kernel kernel, int rounds) {
        device.check(clSetKernelArg(kernel, 3, Sizeof.cl_int, Pointer.to(new int[] {rounds})), "clSetKernelArg");
        long start = System.nanoTime();
        device.check(
                clEnqueueNDRangeKernel(device.queue(), kernel, 1, null, new long[] {ITEMS}, null, 0, null, null),
                "clEnqueueNDRangeKernel");
        device.check(clFinish(device.queue()), "clFinish");
        return (System.nanoTime() - start) * 1e-6;
    }
}
