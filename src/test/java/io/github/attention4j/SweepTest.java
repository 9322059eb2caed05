package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.DotEngines;
import io.github.attention4j.testing.Engines;
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
 * Thousands of random specs over the whole space of options, on every kernel family, by every way into the engine,
 * against the reference. System properties: {@code sweep.programs} and {@code sweep.cases} say how many,
 * {@code sweep.seed} which, {@code sweep.only=FAMILY:program:case} runs one.
 */
class SweepTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);
    /** Of a program on an OpenCL device, where compiling takes most of the time. */
    private static final int CASES = 200;

    private static final String ONLY = System.getProperty("sweep.only");
    private static final Map<KernelFamily, Integer> SPECS = new EnumMap<>(KernelFamily.class);

    static Stream<Arguments> opencl() {
        return programs(false, 4, KernelFamily.LANES, KernelFamily.TILES, KernelFamily.DECODE);
    }

    static Stream<Arguments> java() {
        return Stream.concat(
                programs(false, 100, KernelFamily.JAVA),
                programs(false, 20, KernelFamily.REFERENCE)); // judged by itself: only the ways to it are new
    }

    static Stream<Arguments> tiny() {
        return programs(true, 8, KernelFamily.LANES, KernelFamily.TILES, KernelFamily.DECODE);
    }

    private static Stream<Arguments> programs(boolean tiny, int usual, KernelFamily... families) {
        int told = Integer.getInteger("sweep.programs", usual);
        int count = tiny ? Math.min(usual, told) : told;
        return Stream.of(families).flatMap(family -> numbers(family, tiny, count)
                .mapToObj(number -> SweepProgram.of(number, tiny, SEED))
                .filter(program -> family != KernelFamily.DECODE || !program.additive())
                .map(program -> Arguments.of(family, program)));
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
        sweep(family, program, Integer.getInteger("sweep.cases", CASES));
    }

    @Tag("no-device")
    @ParameterizedTest(name = "{0} {1}", allowZeroInvocations = true)
    @MethodSource("java")
    void pureJavaAgreesWithTheReference(KernelFamily family, SweepProgram program) {
        sweep(family, program, Integer.getInteger("sweep.cases", 60));
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
            try {
                check(engine, family, SweepCase.of(program, number, SEED));
            } catch (Exception | AssertionError e) {
                failed.add(number);
                first = first == null ? e : first;
            }
            SPECS.merge(family, 1, Integer::sum);
        }
        if (first != null) {
            throw new AssertionError(
                    family + " " + program + "\n" + failed.size() + " of " + count + " cases failed: " + failed
                            + ", the first with\n" + first + "\nmvn test -Dtest=SweepTest"
                            + (SEED == 1 ? "" : " -Dsweep.seed=" + SEED) + " -Dsweep.only=" + family + ":"
                            + program.label() + ":" + failed.get(0),
                    first);
        }
    }

    private static void check(AttentionEngine engine, KernelFamily family, SweepCase.Call call) {
        AttentionSpec spec = call.problem().spec();
        AttentionArrays inputs = call.problem().inputs();
        AttentionArrays outputs = call.problem().outputs();
        call.way().run(engine, spec, inputs, outputs);
        AttentionPlan plan = engine.plan(spec);
        if (family != KernelFamily.JAVA || spec.dropout() == 0 && !spec.has(Operand.ADDITIVE_VECTOR)) {
            assertEquals(family, plan.family());
        }
        String name = spec + " by " + call.way();
        if (DotEngines.isRounding(plan)) {
            Budget.checkRounded(name, spec, inputs, outputs);
        } else {
            Budget.check(name, spec, inputs, outputs);
        }
    }

    @AfterAll
    static void sayHowMany() {
        SPECS.forEach((family, specs) -> System.out.println("SweepTest: " + specs + " random specs on " + family));
    }
}
