package io.github.attention4j.bench.run;

import org.jocl.cl_kernel;
import org.jocl.cl_mem;

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
    private final cl_mem in;
    private final cl_mem out;
    private final cl_kernel kernel;

    /** Allocates and compiles, for as long as the device is open. */
    public ReadBandwidth(RawDevice device) {
        this.device = device;
        width = device.isGpu() ? 4 : 16;
        items = device.isGpu() ? 1 << 18 : 1 << 12;
        in = device.zeros(FLOATS);
        out = device.zeros(items * width);
        kernel = device.kernel(
                SOURCE, "read_all", "-D VECTOR=float" + width + " -D IN_TURNS=" + (device.isGpu() ? 1 : 0));
    }

    /** The best of some tries in GB/s. */
    public static double gigabytesPerSecond(RawDevice device) {
        ReadBandwidth probe = new ReadBandwidth(device);
        probe.run(); // some drivers compile at the first run
        double millis = Double.POSITIVE_INFINITY;
        for (int i = 0; i < TRIES; i++) {
            millis = Math.min(millis, probe.millis());
        }
        return gigabytesPerSecond(millis);
    }

    /** The rate of a run that took so long. */
    public static double gigabytesPerSecond(double millis) {
        return (double) FLOATS * Float.BYTES / millis * 1e-6;
    }

    private double millis() {
        return device.run(kernel, items, null, in, out, FLOATS / width / items);
    }

    @Override
    public String family() {
        return "reading alone";
    }

    @Override
    public void run() {
        millis();
    }

    /** Nobody asks for it. */
    @Override
    public float[] output() {
        return new float[0];
    }
}
