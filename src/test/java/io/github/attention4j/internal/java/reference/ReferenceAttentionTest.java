package io.github.attention4j.internal.java.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import io.github.attention4j.testing.ProblemSpace;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceAttentionTest {
    private static final double LN_3 = Math.log(3);

    @Test
    void oneRowThatAttendsToItselfIsItsOwnValue() {
        float[] row = {1, 2, 3, 4, 5};
        AttentionSpec spec =
                AttentionSpec.builder().heads(1).sequenceLength(1).headDim(5).build();
        ReferenceAttention.Result result = ReferenceAttention.attend(spec, row, row, row);
        assertArrayEquals(new double[] {1, 2, 3, 4, 5}, result.out());
        assertEquals(55 / Math.sqrt(5), result.lse()[0], 1e-6);
    }

    @Test
    void weightsValuesByTheSoftmaxOfTheScaledScores() {
        // Scores 0 and ln 3 give weights 1/4 and 3/4.
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(1)
                .keyLength(2)
                .headDim(1)
                .valueDim(2)
                .scale(0.5f)
                .build();
        ReferenceAttention.Result result = ReferenceAttention.attend(
                spec, new float[] {2}, new float[] {0, (float) LN_3}, new float[] {4, 8, 0, -4});
        assertArrayEquals(new double[] {1, -1}, result.out(), 1e-7);
        assertEquals(Math.log(4), result.lse()[0], 1e-7);
    }

    @Test
    void queryHeadsShareKeyValueHeadsInGroups() {
        AttentionSpec spec = AttentionSpec.builder()
                .batch(2)
                .heads(4)
                .kvHeads(2)
                .sequenceLength(1)
                .headDim(1)
                .build();
        ReferenceAttention.Result result =
                ReferenceAttention.attend(spec, new float[8], new float[4], new float[] {10, 20, 30, 40});
        assertArrayEquals(new double[] {10, 10, 20, 20, 30, 30, 40, 40}, result.out());
    }

    /** With equal scores a row's output is the mean of the values it sees; value j is j. */
    private static double[] meansOfVisible(int queries, int keys, Mask mask) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(1)
                .mask(mask)
                .build();
        float[] value = new float[keys];
        for (int j = 0; j < keys; j++) {
            value[j] = j;
        }
        return ReferenceAttention.attend(spec, new float[queries], new float[keys], value)
                .out();
    }

    @Test
    void causalAlignmentsDifferWhenLengthsDo() {
        Mask bottomRight = Mask.causal(Mask.Alignment.BOTTOM_RIGHT);
        Mask topLeft = Mask.causal(Mask.Alignment.TOP_LEFT);
        assertArrayEquals(new double[] {1, 1.5}, meansOfVisible(2, 4, bottomRight), 1e-12);
        assertArrayEquals(new double[] {0, 0.5}, meansOfVisible(2, 4, topLeft), 1e-12);
        assertArrayEquals(new double[] {0, 0, 0, 0.5}, meansOfVisible(4, 2, bottomRight), 1e-12);
        assertArrayEquals(new double[] {0, 0.5, 0.5, 0.5}, meansOfVisible(4, 2, topLeft), 1e-12);
        assertArrayEquals(new double[] {1.5, 1.5}, meansOfVisible(2, 4, Mask.none()), 1e-12);
    }

    @Test
    void aRowThatSeesNoKeyIsZeroWithLseMinusInfinity() {
        Problem problem = causal(5, 2);
        ReferenceAttention.Result result =
                ReferenceAttention.attend(problem.spec(), problem.query(), problem.key(), problem.value());
        assertArrayEquals(new double[3 * 4], Arrays.copyOf(result.out(), 3 * 4));
        for (int i = 0; i < 3; i++) {
            assertEquals(Double.NEGATIVE_INFINITY, result.lse()[i]);
        }
        assertTrue(Double.isFinite(result.lse()[3]));
    }

    @Test
    void nanReachesTheRowsThatSeeItAndNoOthers() {
        Problem problem = causal(4, 4);
        float[] key = problem.key();
        float[] value = problem.value();
        key[2 * 4 + 1] = Float.NaN;
        value[3 * 4] = Float.NaN;
        ReferenceAttention.Result result = ReferenceAttention.attend(problem.spec(), problem.query(), key, value);
        for (int i = 0; i < 4; i++) {
            assertEquals(i >= 2, Double.isNaN(result.lse()[i]), "lse of row " + i);
            assertEquals(i >= 2, Double.isNaN(result.out()[i * 4]), "out of row " + i);
        }
    }

    private static Problem causal(int queries, int keys) {
        return Problem.of(AttentionSpec.builder()
                .heads(1)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(4)
                .causal()
                .returnLse()
                .build());
    }

    static List<Problem> problems() {
        return ProblemSpace.awkward();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("problems")
    void isWithinTheBudgetOfItself(Problem problem) {
        ReferenceAttention.Result result =
                ReferenceAttention.attend(problem.spec(), problem.query(), problem.key(), problem.value());
        float[] out = new float[result.out().length];
        float[] lse = new float[result.lse().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) result.out()[i];
        }
        for (int i = 0; i < lse.length; i++) {
            lse[i] = (float) result.lse()[i];
        }
        Budget.check(problem, out, lse);
    }
}
