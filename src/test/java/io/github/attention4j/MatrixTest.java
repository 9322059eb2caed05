package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.plan.MatrixUnit;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random specs of 16-bit inputs on every matrix unit, emulated with the vendor's layout of fragments, against the reference. */
@Tag("opencl")
class MatrixTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);
    private static final DType[] TYPES = {DType.F16, DType.BF16};
    /** By unit and type, the largest error, and the largest share of what was allowed. */
    private static final Map<String, double[]> SPENT = new TreeMap<>();

    private static Stream<Arguments> everyUnitAndType() {
        return Stream.of(MatrixUnit.values()).flatMap(unit -> Stream.of(TYPES).map(type -> Arguments.of(unit, type)));
    }

    /** Plain; everything at once; odd head sizes with outputs of another type; more than a block, with a bias in bytes. */
    private static SweepProgram program(int number, DType type) {
        DType[] same = {type, type, type, type};
        DType[] toFloat = {type, type, type, DType.F32};
        return switch (number) {
            case 0 -> new SweepProgram(1000, false, 32, 32, same, false, false, null, null, 0, false, false);
            case 1 -> new SweepProgram(1001, false, 16, 16, toFloat, true, true, type, DType.BIT, 0, false, true);
            case 2 -> new SweepProgram(1002, false, 40, 7, toFloat, false, true, null, null, 0, false, false);
            case 3 -> new SweepProgram(1003, false, 15, 33, same, true, false, DType.F32, null, 0, false, false);
            default -> new SweepProgram(1004, true, 8, 8, toFloat, false, false, null, DType.U8, 0, false, false);
        };
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyUnitAndType")
    void emulatedUnitsAgreeWithTheReference(MatrixUnit unit, DType type) {
        boolean first = isFirstHalf(unit, type);
        for (int number = first ? 0 : 2; number < (first ? 2 : 4); number++) {
            sweep(unit, program(number, type), 40);
        }
    }

    /** What some queries see and their neighbours in the same tile do not; on the programs of the sweep, which are built already. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aNanOrInfinityReachesExactlyWhoSeesIt(MatrixUnit unit) {
        DType type = isFirstHalf(unit, DType.F16) ? DType.F16 : DType.BF16;
        float[] strange = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (Mask mask : new Mask[] {Mask.causal(Mask.Alignment.TOP_LEFT), Mask.window(5, 3), Mask.none()}) {
            AttentionSpec spec = program(0, type)
                    .builder()
                    .batch(2)
                    .heads(2)
                    .kvHeads(1)
                    .queryLength(40)
                    .keyLength(70)
                    .mask(mask)
                    .keyLengths()
                    .returnLse()
                    .build();
            for (int j : new int[] {3, 31, 36}) {
                for (int what = 0; what < strange.length; what++) {
                    Problem problem = new Problem(spec, 11 + what, 1);
                    AttentionArrays inputs = problem.inputs();
                    Elements.of(spec, inputs, Operand.VALUE).set(0, 0, j, 5, strange[what]);
                    Elements.of(spec, inputs, what == 0 ? Operand.KEY : Operand.VALUE)
                            .set(1, 0, j, 20, strange[what]);
                    AttentionArrays outputs = problem.outputs();
                    Way.ARRAYS.run(MatrixEngines.of(unit), spec, inputs, outputs);
                    Budget.checkRounded(spec + " with " + strange[what], spec, inputs, outputs);
                }
            }
        }
    }

    /** Each half of the programs runs on every unit, and with each type on three of the units: building takes the time. */
    private static boolean isFirstHalf(MatrixUnit unit, DType type) {
        return unit.ordinal() % 2 == (type == DType.F16 ? 0 : 1);
    }

    @Tag("oclgrind")
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyUnitAndType")
    void emulatedUnitsHaveNoRaceOnTinyProblems(MatrixUnit unit, DType type) {
        sweep(unit, program(4, type), 4);
    }

    /** All cases are run, so that the message can say which fail: what they have in common is the fault. */
    private static void sweep(MatrixUnit unit, SweepProgram program, int count) {
        List<Integer> failed = new ArrayList<>();
        Throwable first = null;
        for (int number = 0; number < count; number++) {
            try {
                check(unit, program.types()[0], SweepCase.of(program, number, SEED));
            } catch (Exception | AssertionError e) {
                failed.add(number);
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new AssertionError(
                    unit + " " + program + "\n" + failed.size() + " of " + count + " cases failed: " + failed
                            + ", the first with\n" + first,
                    first);
        }
    }

    private static void check(MatrixUnit unit, DType type, SweepCase.Call call) {
        AttentionEngine engine = MatrixEngines.of(unit);
        AttentionSpec spec = call.problem().spec();
        AttentionArrays inputs = call.problem().inputs();
        AttentionArrays outputs = call.problem().outputs();
        call.way().run(engine, spec, inputs, outputs);
        assertEquals(KernelFamily.MATRIX, engine.plan(spec).family());
        assertTrue(engine.plan(spec).explain().contains(MatrixEngines.tiles(unit)), "emulated");
        Budget.Spent spent = Budget.checkRounded(spec + " by " + call.way(), spec, inputs, outputs);
        double[] most = SPENT.computeIfAbsent(unit + " " + type, key -> new double[2]);
        most[0] = Math.max(most[0], spent.error());
        most[1] = Math.max(most[1], spent.share());
    }

    @AfterAll
    static void sayHowExactTheyAre() {
        SPENT.forEach((key, most) -> System.out.println(
                "MATRIX %s: largest error %.2e, at most %.0f %% of its budget".formatted(key, most[0], 100 * most[1])));
    }
}
