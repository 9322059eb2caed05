package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.MatrixEngines;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.SweepCase;
import io.github.attention4j.testing.SweepProgram;
import io.github.attention4j.testing.Way;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keys and values that are laid out as tiles first and copied as they are, with the copies of Hopper's engine done by
 * all work-items: where each number goes, and in which place which tile lies, against the reference.
 */
@Tag("opencl")
class BulkTest {
    private static final long SEED = Long.getLong("sweep.seed", 1);
    private static final int CASES = 60;
    private static final int TINY_CASES = 2;
    /** More than two tiles of 64, and no multiple of anything. */
    private static final int KEYS = 203;

    private static SweepProgram plain(boolean tiny) {
        DType[] same = {DType.F16, DType.F16, DType.F16, DType.F16};
        return new SweepProgram(1000, tiny, 32, 32, same, false, false, null, null, 0, false, false, false, false);
    }

    /** Two blocks of columns of keys, of which the second is not full. */
    private static SweepProgram everything() {
        DType[] toFloat = {DType.BF16, DType.BF16, DType.BF16, DType.F32};
        return new SweepProgram(
                1001, false, 72, 7, toFloat, true, true, DType.BF16, DType.BIT, 0, false, true, true, false);
    }

    static List<SweepProgram> programs() {
        return List.of(plain(false), everything());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void tilesThatAreCopiedAgreeWithTheReference(SweepProgram program) {
        sweep(2, program, CASES);
    }

    /** On the program of the sweep, so that it is built once where both run. */
    @Tag("oclgrind")
    @Test
    void tilesThatAreCopiedHaveNoRaceOnTinyProblems() {
        sweep(2, plain(true), TINY_CASES); // a third place for tiles would not fit into the simulator's local memory
    }

    private static void sweep(int stages, SweepProgram program, int count) {
        for (int number = 0; number < count; number++) {
            SweepCase.Call call = SweepCase.of(program, number, SEED);
            AttentionSpec spec = call.problem().spec();
            AttentionArrays outputs = call.problem().outputs();
            AttentionEngine engine = MatrixEngines.ofBulk(stages);
            call.way().run(engine, spec, call.problem().inputs(), outputs);
            AttentionPlan plan = engine.plan(spec);
            assertEquals(KernelFamily.MATRIX, plan.family());
            assertTrue(plan.explain().contains(MatrixEngines.bulkTiles(stages)), plan.explain());
            Budget.checkRounded(
                    "case " + number + " of " + spec, spec, call.problem().inputs(), outputs);
        }
    }

    private static AttentionSpecBuilder builder() {
        return plain(false).builder().heads(4).kvHeads(2).queryLength(70).keyLength(KEYS);
    }

    /** Places are taken in turns by tiles that begin at every remainder of eight, and by more of them than places. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyPlaceIsTakenAgain(int stages) {
        for (Mask mask : new Mask[] {Mask.none(), Mask.causal(), Mask.window(90, 60), Mask.window(9, 4)}) {
            AttentionSpec spec = builder().mask(mask).returnLse().build();
            check(stages, spec, new Problem(spec, 3, 1).inputs(), mask.toString());
        }
    }

    private static void check(int stages, AttentionSpec spec, AttentionArrays inputs, String what) {
        AttentionArrays outputs = new Problem(spec, 0, 1).outputs();
        Way.ARRAYS.run(MatrixEngines.ofBulk(stages), spec, inputs, outputs);
        Budget.checkRounded(what + " of " + spec, spec, inputs, outputs);
    }

    /** What some queries see and their neighbours in the same tile do not, and what lies behind the last key. */
    @Test
    void aNanOrInfinityReachesExactlyWhoSeesIt() {
        float[] strange = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (Mask mask : new Mask[] {Mask.causal(Mask.Alignment.TOP_LEFT), Mask.window(5, 3), Mask.none()}) {
            AttentionSpec spec =
                    builder().batch(2).mask(mask).keyLengths().returnLse().build();
            for (int j : new int[] {3, 64, KEYS - 1}) {
                for (int what = 0; what < strange.length; what++) {
                    AttentionArrays inputs = new Problem(spec, 11 + what, 1).inputs();
                    Elements.of(spec, inputs, Operand.VALUE).set(0, 0, j, 5, strange[what]);
                    Operand other = what == 0 ? Operand.KEY : Operand.VALUE;
                    Elements.of(spec, inputs, other)
                            .set(1, 1, j, spec.operand(other).columns() - 1, strange[what]);
                    check(2, spec, inputs, "with " + strange[what] + " at key " + j);
                }
            }
        }
    }
}
