package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.ProblemSpace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both kernel families against the reference, on the OpenCL device there is. */
@Tag("opencl")
@TestInstance(Lifecycle.PER_CLASS)
class ForwardTest {

    static Stream<Arguments> awkward() {
        return families(ProblemSpace.awkward());
    }

    static Stream<Arguments> tiny() {
        return families(ProblemSpace.tiny());
    }

    private static Stream<Arguments> families(List<Problem> problems) {
        return Stream.of(KernelFamily.LANES, KernelFamily.TILES)
                .flatMap(family -> problems.stream().map(problem -> Arguments.of(family, problem)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("awkward")
    void agreesWithTheReference(KernelFamily family, Problem problem) {
        check(family, problem);
    }

    @Tag("oclgrind")
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("tiny")
    void hasNoRaceOnTinyProblems(KernelFamily family, Problem problem) {
        check(family, problem);
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
