package io.github.attention4j.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.testing.Verdict;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampledGradientsTest {
    private static final int LENGTH = 40;
    private static final int DIM = 8;

    private static Case call(String shape) {
        return Case.random("gradients", Shapes.parse(shape)).withGradOut();
    }

    private static float[] gradients(Case call) {
        try (AttentionEngine reference = AttentionEngine.open("reference");
                EngineGradients gradients = new EngineGradients(reference, call, Pass.BOTH)) {
            gradients.run();
            return gradients.output();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2x4/2x40x40x8", "1x4/2x40x40x8 causal", "1x2x17x40x8->4 causal", "1x2x40x17x8"})
    void theReferenceAndPlainLoopsAreRight(String shape) {
        Case call = call(shape);
        SampledGradients exact = SampledGradients.of(call);
        Verdict verdict = exact.judge(gradients(call), false);
        assertTrue(verdict.passed(), verdict::fault);
        PlainGradientLoops loops = new PlainGradientLoops(call);
        loops.run();
        Verdict ofLoops = exact.judge(loops.output(), false);
        assertTrue(ofLoops.passed(), ofLoops::fault);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, LENGTH * DIM, 2 * LENGTH * DIM})
    void aWrongGradientOfEachOperandIsFound(int begin) {
        Case call = call("1x1x40x40x8");
        SampledGradients exact = SampledGradients.of(call);
        float[] answer = gradients(call);
        float right = answer[begin + 3];
        answer[begin + 3] += 1e-4f * largest(answer, begin);
        Verdict verdict = exact.judge(answer, false);
        assertFalse(verdict.passed());
        String operand = begin == 0 ? "grad_query" : begin == LENGTH * DIM ? "grad_key" : "grad_value";
        assertTrue(verdict.fault().startsWith(operand), verdict.fault());
        assertTrue(exact.judge(answer, true).passed(), "bf16 may be off by more");
        answer[begin + 3] = right + 0.1f * largest(answer, begin);
        assertFalse(exact.judge(answer, true).passed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2x4/2x40x40x8", "1x2x40x40x8->4 causal"})
    void sumsOfLongGradientsFindLostRowsAndWrongFactors(String shape) {
        Case call = call(shape);
        AttentionSpec spec = call.spec();
        SampledGradients exact = SampledGradients.of(call, true);
        float[] right = gradients(call);
        Verdict verdict = exact.judge(right, false);
        assertTrue(verdict.passed(), verdict::fault);
        int key = (int) spec.queryElements();
        int value = key + (int) spec.keyElements();
        for (int begin : new int[] {key, value}) {
            float[] lost = right.clone();
            Arrays.fill(lost, begin + 8, begin + 16, 0);
            assertFalse(exact.judge(lost, false).passed());
            float[] doubled = right.clone();
            for (int at = begin; at < (begin == key ? value : doubled.length); at++) {
                doubled[at] *= 2;
            }
            assertFalse(exact.judge(doubled, false).passed());
        }
    }

    @Test
    void whatIsNoNumberIsFoundInRowsThatAreNotSampled() {
        Case call = call("1x1x40x40x8");
        float[] answer = gradients(call);
        answer[(2 * LENGTH + 1) * DIM] = Float.NaN;
        assertFalse(SampledGradients.of(call).judge(answer, true).passed());
    }

    @Test
    void anAnswerOfAnotherLengthIsWrong() {
        Case call = call("1x1x40x40x8");
        assertFalse(SampledGradients.of(call).judge(new float[7], false).passed());
    }

    @Test
    void inBf16RoundedInputsAreTheRightOnes() {
        AttentionSpec spec =
                Shapes.parse("1x2x40x40x8").toBuilder().types(DType.BF16).build();
        Case call = Case.random("gradients", spec).withGradOut();
        Verdict verdict = SampledGradients.of(call).judge(gradients(call), true);
        assertTrue(verdict.passed(), verdict::fault);
        assertEquals(2e-2, verdict.allowed());
    }

    private static float largest(float[] answer, int begin) {
        float largest = 0;
        for (int at = begin; at < begin + LENGTH * DIM; at++) {
            largest = Math.max(largest, Math.abs(answer[at]));
        }
        return largest;
    }
}
