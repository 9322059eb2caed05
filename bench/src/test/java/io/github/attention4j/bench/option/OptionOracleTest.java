package io.github.attention4j.bench.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import org.junit.jupiter.api.Test;

class OptionOracleTest {
    private static AttentionSpecBuilder small() {
        return AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .queryLength(7)
                .keyLength(9)
                .headDim(16)
                .valueDim(3);
    }

    @Test
    void theReferenceEnginePassesWithoutOptions() {
        OptionProblem problem = OptionProblemTest.random(small().causal());
        try (AttentionEngine reference = AttentionEngine.open("reference")) {
            float[] out = reference.attend(
                    problem.spec(),
                    problem.floats(Operand.QUERY),
                    problem.floats(Operand.KEY),
                    problem.floats(Operand.VALUE));
            assertTrue(Answers.judge(problem, out).passed());
        }
    }

    @Test
    void oneWrongElementOfASmallProblemFails() {
        OptionProblem problem = OptionProblemTest.random(small().softcap(2).sink());
        float[] out = Answers.exact(problem);
        assertTrue(Answers.judge(problem, out).passed());
        for (int i = 0; i < out.length; i += 11) {
            float[] wrong = out.clone();
            wrong[i] += 1e-4f;
            assertFalse(Answers.judge(problem, wrong).passed(), "element " + i);
        }
    }

    @Test
    void whatRoundedWeightsMayDoIsAllowedOnlyWhereTheyAreRounded() {
        OptionProblem problem = OptionProblemTest.random(small().type(Operand.VALUE, DType.F16));
        OptionOracle oracle = new OptionOracle(problem);
        float[] out = Answers.exact(problem);
        out[5] += 1e-4f; // half a unit in the last place of a weight, 2^-11, of a sum of values up to 1
        assertFalse(oracle.judge(out).passed());
        assertTrue(oracle.judgeRounded(out).passed());
        out[5] += 1e-2f;
        assertFalse(oracle.judgeRounded(out).passed());
    }

    @Test
    void ofALargeProblemTheEndsOfEveryEntryAreAmongTheSamples() {
        AttentionSpec spec = small().batch(3)
                .heads(2)
                .kvHeads(1)
                .queryLength(200)
                .raggedQueries(330)
                .keyLength(200)
                .raggedKeys(330)
                .build();
        int[] offsets = {0, 200, 200, 330}; // the second entry is empty
        OptionProblem problem = new OptionProblem(spec, Layout.Order.BATCH_HEAD_ROW)
                .with(Operand.QUERY_OFFSETS, offsets)
                .with(Operand.KEY_OFFSETS, offsets)
                .fill(1);
        float[] out = Answers.exact(problem);
        assertTrue(Answers.judge(problem, out).passed());
        for (int row : new int[] {0, 330 + 199, 200, 330 + 329}) { // first of head 0 and last of head 1, entry by entry
            float[] wrong = out.clone();
            wrong[row * 3] += 1e-3f;
            assertFalse(Answers.judge(problem, wrong).passed(), "row " + row);
        }
        out[3 * 300 + 1] = Float.NaN;
        assertEquals(Double.NaN, Answers.judge(problem, out).error(), "a NaN fails wherever it is");
    }
}
