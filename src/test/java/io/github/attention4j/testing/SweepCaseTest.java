package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.testing.PlainAttention.Arithmetic;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The sweep reaches what it says, and its yardsticks agree with one another on all of it. */
class SweepCaseTest {
    @Test
    void everyOperandTypeAlignmentAndWayOccurs() {
        Set<Operand> operands = EnumSet.noneOf(Operand.class);
        Set<String> met = new HashSet<>();
        for (int program = 0; program < 24; program++) {
            for (int number = 0; number < 60; number++) {
                SweepCase.Call call = SweepCase.of(SweepProgram.of(program, false, 1), number, 1);
                AttentionSpec spec = call.problem().spec();
                for (Operand operand : Operand.values()) {
                    if (spec.has(operand)) {
                        operands.add(operand);
                        met.add(operand + " " + spec.operand(operand).dtype());
                        met.add(operand + (spec.operand(operand).isDense() ? " dense" : " strided"));
                    }
                }
                met.add(spec.mask().alignment() + " " + (spec.mask().left() >= 0) + " "
                        + (spec.mask().right() >= 0));
                met.add("" + call.way());
                met.add("" + spec.scoreStage());
            }
        }
        // What only a cache has is swept by CachedKeysTest.
        Set<Operand> swept =
                EnumSet.complementOf(EnumSet.of(Operand.PAGE_TABLE, Operand.KEY_SCALES, Operand.VALUE_SCALES));
        swept.removeIf(operand -> OperandTable.of(operand).isOfBackward()); // by GradientSweepTest
        swept.removeIf(operand -> operand.name().startsWith("SCORE_")); // of functions, by RandomFunctionsTest
        swept.remove(Operand.BLOCK_MASK); // by BlockMaskTest
        assertEquals(swept, operands);
        for (Operand operand : swept) {
            assertTrue(met.contains(operand + " dense"), operand + " " + met);
            assertEquals(OperandTable.of(operand).role().isStrided(), met.contains(operand + " strided"), operand + "");
        }
        for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
            for (Operand operand :
                    new Operand[] {Operand.QUERY, Operand.KEY, Operand.VALUE, Operand.OUT, Operand.BIAS}) {
                assertTrue(met.contains(operand + " " + type), operand + " " + type);
            }
        }
        for (Mask.Alignment alignment : Mask.Alignment.values()) {
            assertTrue(met.contains(alignment + " true true") && met.contains(alignment + " true false"));
            assertTrue(met.contains(alignment + " false true"));
        }
    }

    @Test
    void poisonReachesNoOutput() {
        for (int number = 0; number < 300; number++) {
            SweepProgram program = SweepProgram.of(number % 30, true, 1);
            Problem problem = SweepCase.of(program, number, 1).problem();
            AttentionArrays inputs = problem.inputs();
            PlainAttention.Result exact = PlainAttention.attend(problem.spec(), inputs, Arithmetic.DOUBLE);
            for (double out : exact.out()) {
                assertTrue(Double.isFinite(out), problem + ": " + out);
            }
            for (double lse : exact.lse()) {
                assertTrue(lse < Double.POSITIVE_INFINITY, problem + ": " + lse);
            }
        }
    }

    @Test
    void plainArithmeticOfEveryKindIsWithinTheBudget() {
        for (int number = 0; number < 300; number++) {
            SweepProgram program = SweepProgram.of(number % 30, true, 1);
            Problem problem = SweepCase.of(program, number, 1).problem();
            for (Arithmetic arithmetic : Arithmetic.values()) {
                AttentionArrays outputs = PlainAnswer.of(problem, arithmetic);
                Budget.check(problem + " in " + arithmetic, problem.spec(), problem.inputs(), outputs);
            }
        }
    }
}
