package io.github.attention4j.bench.run;

import java.util.function.IntToDoubleFunction;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/** How many multiply-adds a device can do when it does nothing else: what the rate of a kernel is a share of. */
public final class MultiplyAdds {
    private static final int ITEMS = 1 << 18;

    /**
     * GPUs want many items in a group, a processor whose vectors are the items' own wants one. Left to itself, PoCL 7.1
     * makes groups of thousands and ends the process: their chains do not fit on the stack of its threads.
     */
    private static final int[] GROUPS = {64, 1};

    private static final int CHAINS = 8;
    private static final double LONG_ENOUGH_MILLIS = 40;
    private static final int MOST_ROUNDS = 1 << 16;
    private static final int TRIES = 3;
    /** A device that is slow at this is not worth more vectors. */
    private static final long LONGEST_NANOS = 10_000_000_000L;

    /** What suits a device is not known: some want plain floats, others their whole vector. */
    private static final int[] VECTORS = {1, 4, 8, 16};

    /** One of them may be many instructions: fma where there is none, mad where it is not turned into one. */
    private static final String[] FUNCTIONS = {"mad", "fma"};

    private static final int LARGEST_VECTOR = 16;

    /** Chains that do not wait for one another. */
    private static final String SOURCE = """
            __kernel void multiply_adds(__global VECTOR *out, float a, float b, int rounds) {
              VECTOR x[CHAINS];
              #pragma unroll
              for (int i = 0; i < CHAINS; i++) {
                x[i] = (VECTOR)(get_global_id(0) + i);
              }
              for (int round = 0; round < rounds; round++) {
                #pragma unroll
                for (int i = 0; i < CHAINS; i++) {
                  x[i] = MULTIPLY_ADD(x[i], (VECTOR)(a), (VECTOR)(b));
                }
              }
              VECTOR sum = x[0];
              #pragma unroll
              for (int i = 1; i < CHAINS; i++) {
                sum += x[i];
              }
              out[get_global_id(0)] = sum;
            }
            """;

    private MultiplyAdds() {}

    /** The best of some vectors and tries in GFLOP/s, in 32-bit floats. */
    public static double gflops(RawDevice device) {
        cl_mem out = device.zeros(ITEMS * LARGEST_VECTOR);
        double best = 0;
        long start = System.nanoTime();
        for (String function : FUNCTIONS) {
            for (int vector : VECTORS) {
                for (int group : GROUPS) {
                    if (best == 0 || System.nanoTime() - start < LONGEST_NANOS) {
                        best = Math.max(best, gflops(device, function, vector, group, out));
                    }
                }
            }
        }
        return best;
    }

    private static double gflops(RawDevice device, String function, int vector, int group, cl_mem out) {
        String type = vector == 1 ? "float" : "float" + vector;
        cl_kernel kernel = device.kernel(
                SOURCE, "multiply_adds", "-D VECTOR=" + type + " -D CHAINS=" + CHAINS + " -D MULTIPLY_ADD=" + function);
        IntToDoubleFunction run = rounds -> device.run(kernel, ITEMS, new long[] {group}, out, 0.5f, 1f, rounds);
        int rounds = 1;
        run.applyAsDouble(rounds); // some drivers compile at the first run
        double millis = run.applyAsDouble(rounds);
        while (millis < LONG_ENOUGH_MILLIS && rounds < MOST_ROUNDS) {
            rounds *= 2;
            millis = run.applyAsDouble(rounds);
        }
        for (int i = 1; i < TRIES; i++) {
            millis = Math.min(millis, run.applyAsDouble(rounds));
        }
        return 2.0 * vector * CHAINS * ITEMS * rounds / millis * 1e-6;
    }
}
