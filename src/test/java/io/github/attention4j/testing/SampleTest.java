package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import org.junit.jupiter.api.Test;

/** Answers that are judged by some of their rows. */
class SampleTest {
    private static final int[] OFFSETS = {0, 200, 200, 330}; // the second entry is empty

    private static AttentionSpecBuilder ragged() {
        return AttentionSpec.builder()
                .batch(3)
                .heads(2)
                .kvHeads(1)
                .queryLength(200)
                .raggedQueries(330)
                .keyLength(200)
                .raggedKeys(330)
                .headDim(200)
                .valueDim(3);
    }

    private static AttentionArrays inputs(AttentionSpec spec) {
        AttentionArrays offsets =
                new AttentionArrays().with(Operand.QUERY_OFFSETS, OFFSETS).with(Operand.KEY_OFFSETS, OFFSETS);
        return Problem.of(spec).inputs(offsets);
    }

    /** As plain float arithmetic computes it. */
    private static AttentionArrays answer(AttentionSpec spec, AttentionArrays inputs) {
        double[] exact = PlainAttention.attend(spec, inputs, PlainAttention.Arithmetic.FLOAT)
                .out();
        float[] out = new float[exact.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) exact[i];
        }
        return new AttentionArrays().with(Operand.OUT, out);
    }

    @Test
    void ofALargeProblemTheEndsOfEveryEntryAreSampledAndWrongThereIsWrong() {
        AttentionSpec spec = ragged().build();
        AttentionArrays inputs = inputs(spec);
        assertFalse(Sample.of(spec, inputs).isAll());
        Budget budget = Budget.sampled(spec, inputs);
        AttentionArrays right = answer(spec, inputs);
        assertTrue(
                budget.judge(right, false).passed(), budget.judge(right, false).toString());
        for (int row : new int[] {0, 330 + 199, 200, 330 + 329}) { // first of head 0 and last of head 1, entry by entry
            float[] wrong = ((float[]) right.get(Operand.OUT)).clone();
            wrong[row * 3] += 1e-3f;
            Verdict verdict = budget.judge(new AttentionArrays().with(Operand.OUT, wrong), false);
            assertFalse(verdict.passed(), "row " + row);
            assertEquals(1e-3, verdict.error(), 1e-5);
            assertNotNull(verdict.fault());
        }
    }

    @Test
    void aNanIsFoundWhereverItIs() {
        AttentionSpec spec = ragged().build();
        AttentionArrays inputs = inputs(spec);
        Budget budget = Budget.sampled(spec, inputs);
        float[] out = (float[]) answer(spec, inputs).get(Operand.OUT);
        for (int row = 0; row < 2 * 330; row += 7) {
            float[] broken = out.clone();
            broken[row * 3 + 1] = Float.NaN;
            assertFalse(budget.judge(new AttentionArrays().with(Operand.OUT, broken), false)
                    .passed());
        }
    }

    @Test
    void aSmallProblemIsCheckedRowByRow() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(4)
                .queryLength(70)
                .keyLength(133)
                .headDim(64)
                .build();
        assertTrue(Sample.of(spec, Problem.of(spec).inputs()).isAll());
    }

    @Test
    void sampledRowsKnowBothEndsOfAWindow() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .queryLength(900)
                .keyLength(1000)
                .headDim(64)
                .mask(Mask.window(99, 400))
                .build();
        AttentionArrays inputs = Problem.of(spec).inputs();
        AttentionArrays right = answer(spec, inputs);
        assertTrue(Budget.sampled(spec, inputs).judge(right, false).passed());
        AttentionSpec narrower = spec.toBuilder().mask(Mask.window(98, 400)).build();
        assertFalse(Budget.sampled(narrower, inputs).judge(right, false).passed());
    }

    @Test
    void whatRoundedWeightsMayDoIsAllowedOnlyWhereTheyAreRounded() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .queryLength(500)
                .keyLength(300)
                .headDim(200)
                .type(Operand.VALUE, DType.F16)
                .build();
        AttentionArrays inputs = Problem.of(spec).inputs();
        Budget budget = Budget.sampled(spec, inputs);
        AttentionArrays answer = answer(spec, inputs);
        float[] out = (float[]) answer.get(Operand.OUT);
        out[5] += 1e-4f; // half a unit in the last place of a weight, 2^-11, of a sum of values up to 1
        assertFalse(budget.judge(answer, false).passed());
        assertTrue(budget.judge(answer, true).passed());
        out[5] += 1e-2f;
        assertFalse(budget.judge(answer, true).passed());
    }

    @Test
    void givenLengthsAreTakenAsTheyAreAndWhatTheyHideIsPoison() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .sequenceLength(4)
                .headDim(2)
                .keyLengths()
                .types(DType.F16)
                .build();
        int[] lengths = {3};
        AttentionArrays inputs = Problem.of(spec).inputs(new AttentionArrays().with(Operand.KEY_LENGTHS, lengths));
        assertSame(lengths, inputs.get(Operand.KEY_LENGTHS));
        short[] keys = (short[]) inputs.get(Operand.KEY);
        assertTrue(Float.isFinite(Half.fromF16(keys[5])) && Float.isNaN(Half.fromF16(keys[6])));
    }
}
