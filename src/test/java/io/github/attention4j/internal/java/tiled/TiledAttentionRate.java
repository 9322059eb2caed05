package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.ProblemSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Prints how fast the pure-Java paths are, as ratios measured by turns in one process: to a chain of multiply-adds on
 * all threads, which is what the processor can do, and to plain loops. Checks sampled rows against the reference first.
 * By hand, after {@code mvn test-compile}:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -Xmx3g -cp target/classes:target/test-classes io.github.attention4j.internal.java.tiled.TiledAttentionRate
 * </pre>
 *
 * The arguments, if any, select problems whose description contains one of them.
 */
final class TiledAttentionRate {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int ROUNDS = 9;
    private static final int CHAIN_STEPS = 400_000;
    private static final double MIN_SECONDS = 0.15;

    private TiledAttentionRate() {}

    /** One thing that is timed. */
    private record Entry(String name, double operations, Runnable run) {
        /** 10^9 operations a second, over at least {@link #MIN_SECONDS}. */
        double rate() {
            long start = System.nanoTime();
            int runs = 0;
            double seconds = 0;
            while (seconds < MIN_SECONDS) {
                run.run();
                runs++;
                seconds = (System.nanoTime() - start) * 1e-9;
            }
            return operations * runs / seconds * 1e-9;
        }
    }

    /** Runs all problems of {@link ProblemSpace#speed()}, or those selected. */
    public static void main(String[] arguments) {
        System.out.printf(
                "Java %s, %d threads, %s%n",
                Runtime.version(), THREADS, MicroKernels.best().describe());
        try (Threads threads = new Threads(THREADS)) {
            for (Problem problem : ProblemSpace.speed()) {
                if (arguments.length == 0
                        || Arrays.stream(arguments)
                                .anyMatch(part -> problem.toString().contains(part))) {
                    measure(problem, threads);
                }
            }
        }
    }

    private static void measure(Problem problem, Threads threads) {
        AttentionSpec spec = problem.spec();
        float[] query = problem.query();
        float[] key = problem.key();
        float[] value = problem.value();
        float[] out = new float[(int) spec.outElements()];
        double operations = 4.0 * spec.batch() * spec.heads() * spec.queryLength() * spec.keyLength() * spec.headDim();
        operations /= spec.mask().isBounded() ? 2 : 1;

        List<Entry> entries = new ArrayList<>();
        for (MicroKernels kernels : List.of(new PlainKernels(""), MicroKernels.best())) {
            TiledAttention tiled = new TiledAttention(spec, kernels, threads);
            Operands operands = Operands.of(spec, AttentionArrays.of(query, key, value, out));
            Runnable run = () -> tiled.attend(List.of(operands));
            run.run();
            checkRows(spec, query, key, value, out);
            entries.add(new Entry(kernels.name(), operations, run));
        }
        AttentionSpec one =
                spec.withHeads(1, spec.groupSize(), 1); // the first heads only: all would take half a minute
        Runnable loops = () -> PlainLoops.attend(one, query, key, value, out, threads);
        loops.run();
        checkRows(one, query, key, value, out);
        entries.add(new Entry("three loops", operations * one.heads() / spec.heads() / spec.batch(), loops));
        IntToDoubleFunction peak = fmaPeak();
        double operationsOfPeak = peak.applyAsDouble(CHAIN_STEPS) * THREADS;
        Runnable chains = () -> threads.run(THREADS, next -> {
            while (next.getAsInt() >= 0) {
                peak.applyAsDouble(CHAIN_STEPS);
            }
        });
        entries.add(new Entry("multiply-add chain", operationsOfPeak, chains));
        print(problem, entries);
    }

    /** By name, as it needs the Vector API. */
    private static IntToDoubleFunction fmaPeak() {
        try {
            return (IntToDoubleFunction) Class.forName("io.github.attention4j.internal.java.tiled.vector.FmaPeak")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalStateException("start the JVM with --add-modules jdk.incubator.vector", e);
        }
    }

    private static void checkRows(AttentionSpec spec, float[] query, float[] key, float[] value, float[] out) {
        Operands operands = Operands.of(spec, AttentionArrays.of(query, key, value, out));
        ReferenceAttention.Row reference = new ReferenceAttention(spec, operands).new Row();
        int rows = spec.batch() * spec.heads() * spec.queryLength();
        for (int row = 0; row < rows; row += 97) {
            int head = row / spec.queryLength();
            Sequence sequence = new Sequence(spec, operands, head / spec.heads());
            reference.compute(sequence, head % spec.heads(), row % spec.queryLength());
            for (int d = 0; d < spec.valueDim(); d++) {
                double error = Math.abs(out[row * spec.valueDim() + d] - reference.out[d]);
                if (!(error < 1e-5)) {
                    throw new AssertionError("row " + row + " column " + d + " is wrong by " + error);
                }
            }
        }
        Arrays.fill(out, Float.NaN);
    }

    private static void print(Problem problem, List<Entry> entries) {
        double[][] rates = new double[entries.size()][ROUNDS];
        for (int round = -2; round < ROUNDS; round++) { // two rounds to warm up
            for (int i = 0; i < rates.length; i++) {
                double rate = entries.get(i).rate();
                if (round >= 0) {
                    rates[i][round] = rate;
                }
            }
        }
        double[] peak = rates[rates.length - 1].clone();
        double[] loops = rates[rates.length - 2].clone();
        System.out.println(problem);
        for (int i = 0; i < rates.length; i++) {
            System.out.printf(
                    "  %-20s %6.1f GFLOP/s (best %6.1f), %.2f of the chain, %5.1f times the loops%n",
                    entries.get(i).name(),
                    median(rates[i].clone()),
                    Arrays.stream(rates[i]).max().getAsDouble(),
                    median(ratios(rates[i], peak)),
                    median(ratios(rates[i], loops)));
        }
    }

    private static double[] ratios(double[] rates, double[] others) {
        double[] ratios = new double[rates.length];
        Arrays.setAll(ratios, i -> rates[i] / others[i]);
        return ratios;
    }

    private static double median(double[] numbers) {
        Arrays.sort(numbers);
        return numbers[numbers.length / 2];
    }
}
