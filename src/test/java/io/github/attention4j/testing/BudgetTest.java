package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.cpu.ReferenceAttention;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private final Problem problem = new Problem(
            AttentionSpec.builder()
                    .heads(2)
                    .queryLength(6)
                    .keyLength(4)
                    .headDim(5)
                    .causal()
                    .returnLse()
                    .build(),
            3,
            1);
    private final float[] out;
    private final float[] lse;

    BudgetTest() {
        ReferenceAttention.Result exact =
                ReferenceAttention.attend(problem.spec(), problem.query(), problem.key(), problem.value());
        out = floats(exact.out());
        lse = floats(exact.lse());
    }

    @Test
    void acceptsTheReferenceAndPlainFloatArithmetic() {
        Budget.check(problem, out, lse);
        Budget.check(problem, out, null);
        Budget.plainFloat(problem.spec(), problem.query(), problem.key(), problem.value(), out, lse);
        Budget.check(problem, out, lse);
    }

    @Test
    void rejectsOneWrongElementAndSaysWhere() {
        out[1 * 6 * 5 + 4 * 5 + 2] += 1e-5f;
        String message = assertThrows(AssertionError.class, () -> Budget.check(problem, out, lse))
                .getMessage();
        assertTrue(message.contains(problem.toString()), message);
        assertTrue(message.contains("out at [batch 0, head 1, query 4, column 2]"), message);
        assertTrue(message.contains("error 1.0") && message.contains("allowed"), message);
    }

    @Test
    void rejectsNanAndInfinityWhereTheReferenceIsFinite() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] broken = out.clone();
            broken[59] = wrong;
            assertThrows(AssertionError.class, () -> Budget.check(problem, broken, lse));
        }
    }

    @Test
    void rejectsAnythingButMinusInfinityForARowThatSeesNothing() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1e30f, 0}) {
            float[] broken = lse.clone();
            broken[0] = wrong;
            assertThrows(AssertionError.class, () -> Budget.check(problem, out, broken));
        }
    }

    @Test
    void rejectsAFiniteNumberWhereTheReferenceIsNan() {
        float[] query = problem.query();
        Arrays.fill(query, Float.NaN);
        assertThrows(
                AssertionError.class,
                () -> Budget.check("nan", problem.spec(), query, problem.key(), problem.value(), out, lse));
    }

    @Test
    void rejectsAWrongLength() {
        assertThrows(AssertionError.class, () -> Budget.check(problem, new float[3], lse));
    }

    private static float[] floats(double[] doubles) {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }
}
