package io.github.attention4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Half;
import io.github.attention4j.Mask;
import io.github.attention4j.bench.attention.Oracle;
import io.github.attention4j.bench.attention.PlainAttention;
import io.github.attention4j.bench.attention.Problem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OracleTest {
    private static final AttentionSpec SMALL = AttentionSpec.builder()
            .batch(2)
            .heads(4)
            .kvHeads(2)
            .queryLength(7)
            .keyLength(5)
            .headDim(16)
            .valueDim(3)
            .causal()
            .build();

    private final AttentionEngine reference = AttentionEngine.open("reference");

    @AfterEach
    void closeEngine() {
        reference.close();
    }

    @Test
    void plainLoopsPassAndShowTheirError() {
        Problem problem = Problem.random("", SMALL, 1);
        Oracle.Verdict verdict = Oracle.of(reference, problem).judge(PlainAttention.attend(problem));
        assertTrue(verdict.passed(), verdict.toString());
        assertTrue(verdict.error() > 0);
    }

    /** What is right in bf16 is wrong in f32, and nothing is right whose inputs were other numbers. */
    @Test
    void anAnswerInBf16IsHeldAgainstArithmeticInBf16() {
        Problem problem = Problem.random("", SMALL, 3);
        Problem rounded = problem.inBf16();
        float[] out = PlainAttention.attend(rounded);
        for (int i = 0; i < out.length; i++) {
            out[i] = Half.fromBf16(Half.toBf16(out[i]));
        }
        Oracle oracle = Oracle.ofBf16(reference, rounded);
        assertTrue(oracle.judge(out).passed(), oracle.judge(out).toString());
        assertFalse(Oracle.of(reference, rounded).judge(out).passed());
        out[out.length / 2] += 0.1f;
        assertFalse(oracle.judge(out).passed());
        assertTrue(Oracle.largestDifference(problem.key(), rounded.key()) > 1e-3);
    }

    @Test
    void oneWrongElementFails() {
        Problem problem = Problem.random("", SMALL, 2);
        float[] out = PlainAttention.attend(problem);
        out[out.length / 2] += 1e-4f;
        assertFalse(Oracle.of(reference, problem).judge(out).passed());
    }

    @Test
    void aNanFailsEvenWhereNothingIsSampled() {
        AttentionSpec large = AttentionSpec.builder()
                .heads(8)
                .sequenceLength(1024)
                .headDim(64)
                .build();
        Problem problem = Problem.random("", large, 3);
        Oracle oracle = Oracle.of(reference, problem);
        float[] out = PlainAttention.attend(problem);
        assertTrue(oracle.judge(out).passed());
        out[12345] = Float.NaN;
        assertEquals(Double.NaN, oracle.judge(out).error());
        assertFalse(oracle.judge(out).passed());
    }

    @Test
    void sampledRowsKnowMaskAndGroups() {
        AttentionSpec large = AttentionSpec.builder()
                .heads(8)
                .kvHeads(2)
                .queryLength(700)
                .keyLength(900)
                .headDim(128)
                .causal()
                .build();
        Problem problem = Problem.random("", large.withHeads(4, 8, 2), 4);
        assertTrue(Oracle.of(reference, problem)
                .judge(PlainAttention.attend(problem))
                .passed());
    }

    @Test
    void sampledRowsKnowBothEndsOfAWindow() {
        Problem problem = Problem.random(
                "",
                AttentionSpec.builder()
                        .heads(2)
                        .queryLength(1900)
                        .keyLength(2000)
                        .headDim(128)
                        .mask(Mask.window(99, 900))
                        .build(),
                5);
        float[] out = PlainAttention.attend(problem);
        assertTrue(Oracle.of(reference, problem).judge(out).passed());
        AttentionSpec narrower =
                problem.spec().toBuilder().mask(Mask.window(98, 900)).build();
        Problem other = new Problem("", narrower, problem.query(), problem.key(), problem.value());
        assertFalse(Oracle.of(reference, other).judge(out).passed());
    }
}
