package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.Jvm;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients have the same bits on every run, with any number of threads and of streams at once. */
class GradientRepeatTest {
    private static final int RUNS = 20;
    private static final int STREAMS = 4;

    static Stream<KernelFamily> families() {
        return Engines.gradientFamilies();
    }

    @ParameterizedTest
    @MethodSource("families")
    void runsOneAfterAnotherAndInStreamsAtOnceAreEqual(KernelFamily family) throws Exception {
        check(Engines.of(family), family.name());
    }

    @Test
    void oneThreadAndTwoAreEqual() throws Exception {
        String one = checkWithThreads(1);
        assertEquals(one, checkWithThreads(2));
    }

    @Test
    @Tag("opencl")
    void oneProcessorOfTheDeviceAndTwoAreEqual() {
        assertEquals(ofAProcess("1"), ofAProcess("2"));
    }

    private static String checkWithThreads(int threads) throws Exception {
        EngineOptions options = EngineOptions.defaults().withThreads(threads);
        try (AttentionEngine engine = AttentionEngine.open("java", options)) {
            return check(engine, threads + " threads");
        }
    }

    /** PoCL takes the number of its threads from this variable. */
    private static String ofAProcess(String processors) {
        Jvm.Result result =
                new Jvm().environment("POCL_MAX_PTHREAD_COUNT", processors).run(Process.class);
        assertEquals(0, result.exit(), result.toString());
        assertFalse(result.out().isBlank(), result.toString());
        return result.out();
    }

    /** Prints what comes of one run on each family of the first device. */
    public static final class Process {
        private Process() {}

        /** Without arguments. */
        public static void main(String[] arguments) {
            for (KernelFamily family : List.of(KernelFamily.LANES, KernelFamily.TILES)) {
                EngineOptions options = EngineOptions.defaults().withFamily(family);
                try (AttentionEngine engine = AttentionEngine.open(Engines.openClDevice(), options)) {
                    GradientProblem problem = problem();
                    System.out.println(family + " " + run(engine, problem, problem.inputs()));
                }
            }
        }
    }

    private static String check(AttentionEngine engine, String name) throws Exception {
        GradientProblem problem = problem();
        AttentionArrays inputs = problem.inputs();
        String first = run(engine, problem, inputs);
        for (int run = 1; run < RUNS; run++) {
            assertEquals(first, run(engine, problem, inputs), name + ", run " + run);
        }
        ExecutorService threads = Executors.newFixedThreadPool(STREAMS);
        try {
            List<Future<String>> runs = new ArrayList<>();
            for (int run = 0; run < RUNS; run++) {
                runs.add(threads.submit(() -> run(engine, problem, inputs)));
            }
            for (Future<String> run : runs) {
                assertEquals(first, run.get(), name + ", " + STREAMS + " streams at once");
            }
        } catch (ExecutionException e) {
            throw new AssertionError(name, e);
        } finally {
            threads.shutdown();
        }
        return first;
    }

    /** Many keys and queries of a group for each sum, and every operand that has a gradient. */
    private static GradientProblem problem() {
        AttentionSpec forward = AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(150)
                .keyLength(333)
                .headDim(16)
                .causal()
                .bias(DType.F32, 1, 1, 150, 333)
                .alibi()
                .sink()
                .dropout(0.2f)
                .build();
        return new GradientProblem(Problem.of(forward), forward.backward(GradientProblem.all(forward)));
    }

    /** A number for the bits of each gradient, the call having had a stream of its own. */
    private static String run(AttentionEngine engine, GradientProblem problem, AttentionArrays inputs) {
        AttentionArrays outputs = problem.outputs();
        Way.TENSORS.run(engine, problem.spec(), inputs, outputs);
        StringBuilder bits = new StringBuilder();
        for (Operand operand : Operand.values()) {
            if (problem.spec().isOutput(operand)) {
                bits.append(operand)
                        .append(' ')
                        .append(Arrays.hashCode((float[]) outputs.get(operand)))
                        .append(' ');
            }
        }
        return bits.toString();
    }
}
