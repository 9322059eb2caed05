package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.ProblemSpace;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernel families for any device against the reference, on the OpenCL device there is. */
@Tag("opencl")
@TestInstance(Lifecycle.PER_CLASS)
class ForwardTest {

    static java.util.stream.Stream<Arguments> awkward() {
        return families(ProblemSpace.awkward());
    }

    static java.util.stream.Stream<Arguments> tiny() {
        return families(ProblemSpace.tiny());
    }

    /**
     * Beyond this, DECODE is for those who force it: DecodeTest has some, and each problem here is programs to compile.
     */
    private static final int MOST_DECODED = 17;

    private static java.util.stream.Stream<Arguments> families(List<Problem> problems) {
        return java.util.stream.Stream.of(KernelFamily.LANES, KernelFamily.TILES, KernelFamily.DECODE)
                .flatMap(family -> problems.stream()
                        .filter(problem ->
                                family != KernelFamily.DECODE || problem.spec().queryLength() <= MOST_DECODED)
                        .map(problem -> Arguments.of(family, problem)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("awkward")
    void agreesWithTheReference(KernelFamily family, Problem problem) {
        check(family, problem);
    }

    @Tag("oclgrind")
    @Tag("races")
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("tiny")
    void hasNoRaceOnTinyProblems(KernelFamily family, Problem problem) {
        check(family, problem);
    }

    /**
     * A tile that is not full must not write the rows it has too many, which fall into the memory behind the output.
     */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"LANES", "TILES", "DECODE"})
    void nothingIsWrittenBehindTheLastRow(KernelFamily family) {
        int headDim = 64;
        AttentionEngine engine = Engines.opencl(family);
        for (int length : new int[] {1, 7, 29, 30, 31, 33, 63}) {
            AttentionSpec spec = AttentionSpec.builder()
                    .heads(1)
                    .sequenceLength(length)
                    .headDim(headDim)
                    .layout(Operand.OUT, new Layout(3, 1 << 20, 1 << 20, headDim)) // in a larger buffer
                    .build();
            Problem problem = Problem.of(spec);
            try (Stream stream = engine.newStream();
                    DeviceTensor query = engine.allocate(spec.operand(Operand.QUERY));
                    DeviceTensor key = engine.allocate(spec.operand(Operand.KEY));
                    DeviceTensor value = engine.allocate(spec.operand(Operand.VALUE));
                    DeviceTensor out = engine.allocate(DType.F32, 1, 1, 1, (length + 100) * headDim)) {
                float[] memory = new float[(length + 100) * headDim];
                Arrays.fill(memory, Float.NaN);
                query.upload(stream, problem.query());
                key.upload(stream, problem.key());
                value.upload(stream, problem.value());
                out.upload(stream, memory);
                engine.plan(spec).enqueue(stream, query, key, value, out);
                out.download(stream, memory);
                for (int i = 0; i < memory.length; i++) {
                    boolean inside = i >= 3 && i < 3 + length * headDim;
                    assertEquals(inside, !Float.isNaN(memory[i]), "element " + i + " at length " + length);
                }
            }
        }
    }

    private static void check(KernelFamily family, Problem problem) {
        AttentionSpec spec = problem.spec();
        AttentionEngine engine = Engines.opencl(family);
        float[] poisoned = new float[(int) spec.outElements()];
        Arrays.fill(poisoned, Float.NaN);
        float[] lse = null;
        float[] out = poisoned;
        if (spec.returnLse()) {
            AttentionResult result = engine.attendWithLse(spec, problem.query(), problem.key(), problem.value());
            out = result.out();
            lse = result.lse();
        } else {
            engine.attend(spec, problem.query(), problem.key(), problem.value(), out);
        }
        assertEquals(family, engine.plan(spec).family());
        Budget.check(problem, out, lse);
    }
}
