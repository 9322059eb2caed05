package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DecodeEngines;
import io.github.attention4j.testing.DecodeEngines.Kernel;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The decode kernels for CPUs and for GPUs: few queries, heads that share keys, and keys that are shared out. */
@Tag("opencl")
class DecodeTest {
    /** That of SweepTest, whose programs these are, too. */
    private static final long SEED = 1;

    static Stream<Arguments> programs() {
        return kernels(IntStream.range(0, 4));
    }

    static Stream<Arguments> tinyPrograms() {
        return kernels(IntStream.range(1, 4));
    }

    private static Stream<Arguments> kernels(IntStream numbers) {
        List<Integer> programs = numbers.boxed().toList();
        return Stream.of(Kernel.values()).flatMap(kernel -> programs.stream().map(n -> Arguments.of(kernel, n)));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void agreesWithTheReferenceWhateverTheSizesAndShares(Kernel kernel) {
        for (int groupSize : new int[] {1, 2, 4, 8}) {
            for (int queries : new int[] {1, 2, 3, 4, 5, 16, 17}) {
                for (int keys : new int[] {1, 13, 65, 1025}) {
                    for (int shares : new int[] {1, 2, 7}) {
                        AttentionSpec spec = AttentionSpec.builder()
                                .heads(2 * groupSize)
                                .kvHeads(2)
                                .queryLength(queries)
                                .keyLength(keys)
                                .headDim(12)
                                .causal()
                                .returnLse()
                                .build();
                        check(DecodeEngines.of(kernel, (keys + shares - 1) / shares), Problem.of(spec));
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("programs")
    void everyOptionAgreesWithTheReferenceInManyShares(Kernel kernel, int program) {
        sweep(kernel, SweepProgram.of(program, true, SEED), 40);
    }

    @Tag("oclgrind")
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("tinyPrograms")
    void hasNoRaceInManyShares(Kernel kernel, int program) {
        sweep(kernel, SweepProgram.of(program, true, SEED), 3);
    }

    private static void sweep(Kernel kernel, SweepProgram program, int cases) {
        for (int number = 0; number < cases; number++) {
            SweepCase.Call call = SweepCase.of(program, number, SEED);
            AttentionSpec spec = call.problem().spec();
            AttentionArrays inputs = call.problem().inputs();
            AttentionArrays outputs = call.problem().outputs();
            int splitSize = new int[] {0, 1, 3, 8}[number % 4];
            call.way().run(DecodeEngines.of(kernel, splitSize), spec, inputs, outputs);
            Budget.check("case " + number + ", shares of " + splitSize + ": " + spec, spec, inputs, outputs);
        }
    }

    /** Sequences of very different lengths, one of them without keys, with a sink that must count once. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void sequencesOfDifferentLengthsHaveTheirOwnShares(Kernel kernel) {
        for (boolean sink : new boolean[] {false, true}) {
            for (int splitSize : new int[] {0, 10, 64, 100}) {
                AttentionSpecBuilder builder = AttentionSpec.builder()
                        .batch(4)
                        .heads(4)
                        .kvHeads(1)
                        .queryLength(2)
                        .keyLength(1500)
                        .headDim(12)
                        .mask(Mask.window(700, 0))
                        .keyLengths()
                        .returnLse();
                AttentionSpec spec = (sink ? builder.sink() : builder).build();
                Problem problem = Problem.of(spec);
                AttentionArrays inputs = problem.inputs();
                System.arraycopy(new int[] {1500, 3, 0, 777}, 0, inputs.get(Operand.KEY_LENGTHS), 0, 4);
                AttentionArrays outputs = problem.outputs();
                Way.TENSORS.run(DecodeEngines.of(kernel, splitSize), spec, inputs, outputs);
                Budget.check("sink " + sink + ", shares of " + splitSize, spec, inputs, outputs);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aSequenceHasTheSameBitsAloneAndInAnyBatch(Kernel kernel) {
        AttentionEngine engine = DecodeEngines.of(kernel, 100);
        int keys = 333;
        AttentionSpec alone = sequences(1, keys);
        Problem problem = Problem.of(alone);
        AttentionArrays inputs = problem.inputs();
        ((int[]) inputs.get(Operand.KEY_LENGTHS))[0] = keys;
        AttentionArrays single = problem.outputs();
        Way.ARRAYS.run(engine, alone, inputs, single);
        for (int[] lengths : new int[][] {{keys, 1}, {1200, keys}, {0, 40, keys, 99}, {keys, 600, 601}}) {
            AttentionSpec spec =
                    sequences(lengths.length, Arrays.stream(lengths).max().orElseThrow());
            AttentionArrays batch = Problem.of(spec).inputs();
            int own = IntStream.range(0, lengths.length)
                    .filter(b -> lengths[b] == keys)
                    .findFirst()
                    .orElseThrow();
            System.arraycopy(lengths, 0, batch.get(Operand.KEY_LENGTHS), 0, lengths.length);
            for (Operand operand : new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE}) {
                copySequence(
                        alone.operand(operand), inputs.get(operand), spec.operand(operand), batch.get(operand), own);
            }
            AttentionArrays outputs = Problem.of(spec).outputs();
            Way.ARRAYS.run(engine, spec, batch, outputs);
            for (Operand operand : new Operand[] {Operand.OUT, Operand.LSE}) {
                float[] expected = (float[]) single.get(operand);
                float[] all = (float[]) outputs.get(operand);
                int from = own * expected.length;
                assertArrayEquals(
                        expected,
                        Arrays.copyOfRange(all, from, from + expected.length),
                        0f,
                        operand + " in " + Arrays.toString(lengths));
            }
        }
    }

    private static AttentionSpec sequences(int batch, int keys) {
        return AttentionSpec.builder()
                .batch(batch)
                .heads(6)
                .kvHeads(2)
                .queryLength(3)
                .keyLength(keys)
                .headDim(12)
                .causal()
                .keyLengths()
                .returnLse()
                .build();
    }

    /** Of every head the first rows; the rows of the target may be more. */
    private static void copySequence(TensorSpec from, Object source, TensorSpec to, Object target, int entry) {
        for (int head = 0; head < from.heads(); head++) {
            int length = from.rows() * from.columns();
            System.arraycopy(
                    source, head * length, target, (entry * to.heads() + head) * to.rows() * to.columns(), length);
        }
    }

    /** Partial results of one call must not fall into the memory of another. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void callsOnTwoStreamsAndOnOneFromTwoThreadsDoNotMixTheirShares(Kernel kernel) throws Exception {
        AttentionEngine engine = DecodeEngines.of(kernel, 50);
        AttentionSpec spec = sequences(2, 400);
        List<Problem> problems = List.of(new Problem(spec, 1, 1), new Problem(spec, 2, 1));
        List<float[]> expected = new ArrayList<>();
        for (Problem problem : problems) {
            AttentionArrays outputs = problem.outputs();
            Way.TENSORS.run(engine, spec, problem.inputs(), outputs);
            expected.add((float[]) outputs.get(Operand.OUT));
        }
        try (Stream2 streams = new Stream2(engine)) {
            for (boolean isShared : new boolean[] {false, true}) {
                List<Thread> threads = new ArrayList<>();
                List<Throwable> failures = new ArrayList<>();
                for (int t = 0; t < 2; t++) {
                    int number = t;
                    Runnable calls = () -> repeat(
                            engine,
                            streams.get(isShared ? 0 : number),
                            spec,
                            problems.get(number),
                            expected.get(number));
                    Thread thread = new Thread(calls);
                    thread.setUncaughtExceptionHandler((who, failure) -> {
                        synchronized (failures) {
                            failures.add(failure);
                        }
                    });
                    threads.add(thread);
                    thread.start();
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                assertEquals(List.of(), failures);
            }
        }
    }

    private record Stream2(io.github.attention4j.Stream first, io.github.attention4j.Stream second)
            implements AutoCloseable {
        Stream2(AttentionEngine engine) {
            this(engine.newStream(), engine.newStream());
        }

        io.github.attention4j.Stream get(int number) {
            return number == 0 ? first : second;
        }

        @Override
        public void close() {
            first.close();
            second.close();
        }
    }

    private static void repeat(
            AttentionEngine engine,
            io.github.attention4j.Stream stream,
            AttentionSpec spec,
            Problem problem,
            float[] expected) {
        AttentionArrays inputs = problem.inputs();
        AttentionTensors tensors = new AttentionTensors();
        List<DeviceTensor> own = new ArrayList<>();
        for (Operand operand : Operand.values()) {
            if (spec.has(operand)) {
                DeviceTensor tensor = engine.allocate(spec.operand(operand));
                own.add(tensor);
                tensors.with(operand, tensor);
                if (!operand.isOutput()) {
                    tensor.upload(stream, inputs.get(operand), 0);
                }
            }
        }
        float[] out = new float[expected.length];
        for (int i = 0; i < 50; i++) {
            engine.plan(spec).enqueue(stream, tensors);
            tensors.get(Operand.OUT).download(stream, out, 0);
            assertArrayEquals(expected, out, 0f);
        }
        own.forEach(DeviceTensor::close);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void theEventOfACallInSharesSpansAllItsKernels(Kernel kernel) {
        AttentionEngine engine = DecodeEngines.of(kernel, 50);
        AttentionSpec spec = sequences(2, 400);
        assertTrue(
                engine.plan(spec).explain().contains("8 shares of 50 keys"),
                engine.plan(spec).explain());
        AttentionTensors tensors = new AttentionTensors();
        try (io.github.attention4j.Stream stream = engine.newStream()) {
            for (Operand operand : Operand.values()) {
                if (spec.has(operand)) {
                    tensors.with(operand, engine.allocate(spec.operand(operand)));
                }
            }
            tensors.get(Operand.KEY_LENGTHS).upload(stream, new int[] {400, 400}, 0);
            try (Event event = engine.plan(spec).enqueueWithEvent(stream, tensors)) {
                assertTrue(event.deviceNanos() > 0);
                assertTrue(event.isDone());
            }
            for (Operand operand : Operand.values()) {
                if (spec.has(operand)) {
                    tensors.get(operand).close();
                }
            }
        }
    }

    private static void check(AttentionEngine engine, Problem problem) {
        AttentionSpec spec = problem.spec();
        AttentionArrays inputs = problem.inputs();
        AttentionArrays outputs = problem.outputs();
        Way.ARRAYS.run(engine, spec, inputs, outputs);
        assertEquals(KernelFamily.DECODE, engine.plan(spec).family());
        Budget.check(spec + " on " + engine.plan(spec).explain(), spec, inputs, outputs);
    }
}
