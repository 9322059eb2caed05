package io.github.attention4j.bench.run;

import static org.jocl.CL.*;

import java.util.ArrayList;
import java.util.List;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/**
 * A kernel that only reads: 256 MB, more than caches hold, summed up. How fast it does that is what other kernels
 * cannot beat by much.
 */
public final class ReadBandwidth implements Contender {
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

    private final RawDevice device;
    private final int items;
    private final int width;
    private final List<Runnable> releases = new ArrayList<>();
    private final cl_kernel kernel;

    /** Allocates and compiles; the device stays the caller's. */
    public ReadBandwidth(RawDevice device) {
        this.device = device;
        boolean gpu = device.id().startsWith("gpu");
        width = gpu ? 4 : 16;
        items = gpu ? 1 << 18 : 1 << 12;
        boolean made = false;
        try {
            cl_mem in = device.buffer(new float[FLOATS]);
            releases.add(() -> clReleaseMemObject(in));
            cl_mem out = device.buffer(new float[items * width]);
            releases.add(() -> clReleaseMemObject(out));
            cl_program program =
                    device.build(SOURCE, "-cl-std=CL1.2 -D VECTOR=float" + width + " -D IN_TURNS=" + (gpu ? 1 : 0));
            releases.add(() -> clReleaseProgram(program));
            kernel = clCreateKernel(program, "read_all", null);
            releases.add(() -> clReleaseKernel(kernel));
            int rounds = FLOATS / width / items;
            device.check(clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(in)), "clSetKernelArg");
            device.check(clSetKernelArg(kernel, 1, Sizeof.cl_mem, Pointer.to(out)), "clSetKernelArg");
            device.check(clSetKernelArg(kernel, 2, Sizeof.cl_int, Pointer.to(new int[] {rounds})), "clSetKernelArg");
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    /** The best of some tries in GB/s. */
    public static double gigabytesPerSecond(RawDevice device) {
        try (ReadBandwidth probe = new ReadBandwidth(device)) {
            probe.run(); // some drivers compile at the first run
            double nanos = Double.POSITIVE_INFINITY;
            for (int i = 0; i < TRIES; i++) {
                long start = System.nanoTime();
                probe.run();
                nanos = Math.min(nanos, System.nanoTime() - start);
            }
            return gigabytesPerSecond(nanos * 1e-6);
        }
    }

    /** The rate of a run that took so long. */
    public static double gigabytesPerSecond(double millis) {
        return (double) FLOATS * Float.BYTES / millis * 1e-6;
    }

    @Override
    public String engine() {
        return "reading alone";
    }

    @Override
    public String device() {
        return device.id();
    }

    @Override
    public String family() {
        return "";
    }

    @Override
    public void run() {
        device.check(
                clEnqueueNDRangeKernel(device.queue(), kernel, 1, null, new long[] {items}, null, 0, null, null),
                "clEnqueueNDRangeKernel");
        device.check(clFinish(device.queue()), "clFinish");
    }

    /** Nobody asks for it. */
    @Override
    public float[] output() {
        return new float[0];
    }

    @Override
    public void close() {
        for (int i = releases.size() - 1; i >= 0; i--) {
            releases.get(i).run();
        }
        releases.clear();
    }
}
