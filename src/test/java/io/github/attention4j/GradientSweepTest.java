package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.GradientProblem;
import io.github.attention4j.testing.GradientSpace;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of random specs over the whole space of options, on every kernel family, against the reference. System
 * properties as of {@link SweepTest}: {@code sweep.programs}, {@code sweep.cases}, {@code sweep.seed},
 * {@code gradients.only=FAMILY:program:case}.
 */
class GradientSweepTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);
    private static final String ONLY = System.getProperty("gradients.only");
    private static final Map<KernelFamily, Integer> SPECS = new EnumMap<>(KernelFamily.class);

    static Stream<Arguments> opencl() {
        return programs(false, 4, true);
    }

    static Stream<Arguments> java() {
        return programs(false, 100, false);
    }

    static Stream<Arguments> tiny() {
        return programs(true, 6, true);
    }

    private static Stream<Arguments> programs(boolean tiny, int usual, boolean areOfOpenCl) {
        int count = tiny ? usual : Integer.getInteger("sweep.programs", usual);
        return Engines.gradientFamilies()
                .filter(family -> areOfOpenCl == (family == KernelFamily.LANES || family == KernelFamily.TILES))
                .flatMap(family -> numbers(family, tiny, count)
                        .mapToObj(number -> Arguments.of(family, SweepProgram.of(number, tiny, SEED))));
    }

    private static IntStream numbers(KernelFamily family, boolean tiny, int count) {
        if (ONLY == null) {
            return IntStream.range(0, count);
        }
        String[] only = ONLY.split(":");
        boolean wanted = only[0].equals(family.name()) && only[1].startsWith("tiny") == tiny;
        return wanted ? IntStream.of(Integer.parseInt(only[1].replace("tiny", ""))) : IntStream.empty();
    }

    @Tag("opencl")
    @ParameterizedTest(name = "{0} {1}", allowZeroInvocations = true)
    @MethodSource("opencl")
    void kernelsAgreeWithTheReference(KernelFamily family, SweepProgram program) {
        sweep(family, program, Integer.getInteger("sweep.cases", 16));
    }

    @Tag("no-device")
    @ParameterizedTest(name = "{0} {1}", allowZeroInvocations = true)
    @MethodSource("java")
    void pureJavaAgreesWithTheReference(KernelFamily family, SweepProgram program) {
        sweep(family, program, Integer.getInteger("sweep.cases", 10));
    }

    @Tag("opencl")
    @Tag("oclgrind")
    @Tag("races")
    @ParameterizedTest(name = "{0} {1}", allowZeroInvocations = true)
    @MethodSource("tiny")
    void kernelsHaveNoRaceOnTinyProblems(KernelFamily family, SweepProgram program) {
        sweep(family, program, 3);
    }

    /** All cases are run, so that the message can say which fail: what they have in common is the fault. */
    private static void sweep(KernelFamily family, SweepProgram program, int count) {
        AttentionEngine engine = Engines.of(family);
        List<Integer> failed = new ArrayList<>();
        Throwable first = null;
        IntStream numbers =
                ONLY == null ? IntStream.range(0, count) : IntStream.of(Integer.parseInt(ONLY.split(":")[2]));
        for (int number : numbers.toArray()) {
            GradientProblem problem = GradientSpace.random(program, number, SEED);
            if (problem == null) {
                continue; // asks for scores, which have no gradient
            }
            try {
                problem.check(
                        problem.spec().toString(),
                        engine,
                        SweepCase.of(program, number, SEED).way());
                assertEquals(family, engine.plan(problem.spec()).family());
            } catch (Exception | AssertionError e) {
                failed.add(number);
                first = first == null ? e : first;
            }
            SPECS.merge(family, 1, Integer::sum);
        }
        if (first != null) {
            throw new AssertionError(
                    family + " " + program + "\n" + failed.size() + " of " + count + " cases failed: " + failed
                            + ", the first with\n" + first + "\nmvn test -Dtest=GradientSweepTest"
                            + (SEED == 1 ? "" : " -Dsweep.seed=" + SEED) + " -Dgradients.only=" + family + ":"
                            + program.label() + ":" + failed.get(0),
                    first);
        }
    }

    @AfterAll
    static void sayHowMany() {
        SPECS.forEach(
                (family, specs) -> System.out.println("GradientSweepTest: " + specs + " random specs on " + family));
    }
}
