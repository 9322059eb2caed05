package io.github.attention4j.internal.java.layers;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.java.tiled.EveryMicroKernels;
import io.github.attention4j.internal.java.tiled.MicroKernels;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

/**
 * Prints what share of the multiply-add peak the matrix product in tiles reaches, measured by turns in one process, in
 * the processor time of one thread, which other programs disturb least. By hand, after {@code mvn test-compile}:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -Xmx3g -cp target/classes:target/test-classes io.github.attention4j.internal.java.layers.ProductRate
 * </pre>
 */
final class ProductRate {
    private static final int THREADS = 1;
    private static final ThreadMXBean TIME = ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 7;
    private static final int CHAIN_STEPS = 400_000;
    private static final double MIN_SECONDS = 0.12;
    private static final int[][] SHAPES = {
        {2048, 384, 1536},
        {2048, 1536, 384},
        {2048, 768, 3072},
        {2048, 4096, 4096},
        {128, 768, 3072},
        {16, 768, 3072},
        {1, 768, 3072}
    };

    private ProductRate() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        IntToDoubleFunction peak =
                (IntToDoubleFunction) Class.forName("io.github.attention4j.internal.java.tiled.vector.FmaPeak")
                        .getDeclaredConstructor()
                        .newInstance();
        try (Threads threads = new Threads(THREADS)) {
            double chains = peak.applyAsDouble(CHAIN_STEPS) * THREADS;
            Runnable chain = () -> threads.run(THREADS, next -> {
                while (next.getAsInt() >= 0) {
                    peak.applyAsDouble(CHAIN_STEPS);
                }
            });
            boolean plain = arguments.length > 0 && arguments[0].equals("plain");
            MicroKernels kernels = plain ? EveryMicroKernels.plain() : MicroKernels.best();
            for (int[] shape : SHAPES) {
                for (DType type : new DType[] {DType.F32, DType.BF16}) {
                    measure(shape, type, kernels, threads, chain, chains);
                }
            }
        }
    }

    private static void measure(
            int[] shape, DType type, MicroKernels kernels, Threads threads, Runnable chain, double chains) {
        int rows = shape[0];
        int depth = shape[1];
        int columns = shape[2];
        ProductTiles product = new ProductTiles(ProductTiles.Shape.linear(rows, columns, depth), kernels, threads);
        Rows left = new Rows(TensorSpec.dense(DType.F32, 1, 1, rows, depth), numbers(rows * depth));
        float[] weights = numbers(columns * depth);
        Rows right = new Rows(
                TensorSpec.dense(type, 1, 1, columns, depth), type == DType.F32 ? weights : Half.encode(type, weights));
        float[] out = new float[rows * columns];
        Runnable run = () -> product.multiply(left, right, (sums, stride, row, count, column, width) -> {
            for (int i = 0; i < count; i++) {
                System.arraycopy(sums, i * stride, out, (row + i) * columns + column, width);
            }
        });
        double[] shares = new double[ROUNDS];
        double best = 0;
        for (int round = -2; round < ROUNDS; round++) {
            double rate = rate(run, 2.0 * rows * columns * depth);
            double limit = rate(chain, chains);
            if (round >= 0) {
                shares[round] = rate / limit;
                best = Math.max(best, rate);
            }
        }
        Arrays.sort(shares);
        System.out.printf(
                "%5d rows of %5d -> %5d, %-4s weights: %6.1f GFLOP/s at best, %.2f of the chain (%.2f to %.2f); %s%n",
                rows,
                depth,
                columns,
                type,
                best,
                shares[ROUNDS / 2],
                shares[0],
                shares[ROUNDS - 1],
                product.describe());
    }

    private static double rate(Runnable run, double operations) {
        long start = TIME.getCurrentThreadCpuTime();
        int runs = 0;
        double seconds = 0;
        while (seconds < MIN_SECONDS) {
            run.run();
            runs++;
            seconds = (TIME.getCurrentThreadCpuTime() - start) * 1e-9;
        }
        return operations * runs / seconds * 1e-9;
    }

    private static float[] numbers(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextDouble() - 0.5f;
        }
        return numbers;
    }
}
