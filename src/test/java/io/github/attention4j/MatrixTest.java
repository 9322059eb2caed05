package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.internal.plan.matrix.MatrixUnit;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random specs of 16-bit inputs on every matrix unit, emulated with the vendor's layout of fragments, against the
 * reference.
 */
@Tag("opencl")
class MatrixTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);
    /** By unit and type, the largest error, and the largest share of what was allowed. */
    private static final Map<String, double[]> SPENT = new TreeMap<>();

    /**
     * What is compiled for a unit: building takes seconds, so each unit has a program or two, and all units together
     * every option, both types on one unit of each vendor, and sizes that do not fill a block.
     */
    private static List<SweepProgram> programs(MatrixUnit unit, boolean tiny) {
        return switch (unit) {
            case MMA -> List.of(plain(DType.F16, tiny), everything(DType.BF16, tiny));
            case MFMA -> List.of(odd(DType.F16, tiny), plain(DType.BF16, tiny));
            case WMMA, DPAS8 -> List.of(plain(DType.F16, tiny));
            case WGMMA -> List.of(plain(DType.F16, tiny), odd(DType.BF16, tiny));
            case WMMA12 -> List.of(biased(DType.F16, tiny));
            case DPAS16 -> List.of(odd(DType.F16, tiny), plain(DType.BF16, tiny));
        };
    }

    private static SweepProgram plain(DType type, boolean tiny) {
        DType[] same = {type, type, type, type};
        return new SweepProgram(1000, tiny, 32, 32, same, false, false, null, null, 0, false, false, false, false);
    }

    private static SweepProgram everything(DType type, boolean tiny) {
        DType[] toFloat = {type, type, type, DType.F32};
        return new SweepProgram(1001, tiny, 16, 16, toFloat, true, true, type, DType.BIT, 0, false, true, true, false);
    }

    private static SweepProgram odd(DType type, boolean tiny) {
        DType[] toFloat = {type, type, type, DType.F32};
        return new SweepProgram(1002, tiny, 40, 7, toFloat, false, true, null, null, 0, false, false, false, false);
    }

    private static SweepProgram biased(DType type, boolean tiny) {
        DType[] same = {type, type, type, type};
        return new SweepProgram(
                1003, tiny, 15, 33, same, true, false, DType.F32, DType.U8, 0, false, false, true, false);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void emulatedUnitsAgreeWithTheReference(MatrixUnit unit) {
        for (SweepProgram program : programs(unit, false)) {
            sweep(unit, program, 60);
        }
    }

    /** A factor that is not positive turns the order of the scores around, or makes them all equal. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"MMA", "WMMA", "DPAS8", "WGMMA"})
    void scalesOfEverySignAndSizeAgreeWithTheReference(MatrixUnit unit) {
        for (float scale : new float[] {-0.3f, 0, 1e-30f, 300, 1e5f, -1e5f}) {
            for (Mask mask : new Mask[] {Mask.none(), Mask.window(9, 4)}) {
                AttentionSpec spec = programs(unit, false)
                        .get(0)
                        .builder()
                        .heads(2)
                        .queryLength(33)
                        .keyLength(70)
                        .scale(scale)
                        .mask(mask)
                        .returnLse()
                        .build();
                Problem problem = new Problem(spec, 5, 4);
                AttentionArrays outputs = problem.outputs();
                Way.ARRAYS.run(MatrixEngines.of(unit), spec, problem.inputs(), outputs);
                Budget.checkRounded(spec + " with scale " + scale, spec, problem.inputs(), outputs);
            }
        }
    }

    /**
     * What some queries see and their neighbours in the same tile do not; on the programs of the sweep, which are built
     * already.
     */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aNanOrInfinityReachesExactlyWhoSeesIt(MatrixUnit unit) {
        SweepProgram program = programs(unit, false).get(0);
        float[] strange = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (Mask mask : new Mask[] {Mask.causal(Mask.Alignment.TOP_LEFT), Mask.window(5, 3), Mask.none()}) {
            AttentionSpecBuilder builder = program.builder()
                    .batch(2)
                    .heads(2)
                    .kvHeads(1)
                    .queryLength(40)
                    .keyLength(70)
                    .mask(mask)
                    .keyLengths()
                    .returnLse();
            if (program.softcap()) {
                builder.softcap(5);
            }
            if (program.alibi()) {
                builder.alibi();
            }
            if (program.bias() != null) {
                builder.bias(program.bias()).keepMask(program.keepMask());
            }
            AttentionSpec spec = builder.build();
            for (int j : new int[] {3, 31, 36}) {
                for (int what = 0; what < strange.length; what++) {
                    Problem problem = new Problem(spec, 11 + what, 1);
                    AttentionArrays inputs = problem.inputs();
                    Elements.of(spec, inputs, Operand.VALUE).set(0, 0, j, 5, strange[what]);
                    Operand other = what == 0 ? Operand.KEY : Operand.VALUE;
                    Elements.of(spec, inputs, other)
                            .set(1, 0, j, spec.operand(other).columns() - 1, strange[what]);
                    AttentionArrays outputs = problem.outputs();
                    Way.ARRAYS.run(MatrixEngines.of(unit), spec, inputs, outputs);
                    Budget.checkRounded(spec + " with " + strange[what], spec, inputs, outputs);
                }
            }
        }
    }

    /** On programs of the sweep, so that they are built once where both run. */
    @Tag("oclgrind")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void emulatedUnitsHaveNoRaceOnTinyProblems(MatrixUnit unit) {
        sweep(unit, programs(unit, true).get(0), 4);
    }

    /** All cases are run, so that the message can say which fail: what they have in common is the fault. */
    private static void sweep(MatrixUnit unit, SweepProgram program, int count) {
        AttentionEngine engine = MatrixEngines.of(unit);
        List<Integer> failed = new ArrayList<>();
        Throwable first = null;
        for (int number = 0; number < count; number++) {
            try {
                check(engine, unit, program.types()[0], SweepCase.of(program, number, SEED));
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

    private static void check(AttentionEngine engine, MatrixUnit unit, DType type, SweepCase.Call call) {
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
