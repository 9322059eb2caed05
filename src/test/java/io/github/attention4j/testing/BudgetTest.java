package io.github.attention4j.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.testing.PlainAttention.Arithmetic;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

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
    private final AttentionArrays inputs =
            AttentionArrays.of(problem.query(), problem.key(), problem.value(), new float[2 * 6 * 5]);
    private final float[] out;
    private final float[] lse;

    BudgetTest() {
        PlainAttention.Result exact = PlainAttention.attend(problem.spec(), inputs, Arithmetic.DOUBLE);
        out = floats(exact.out());
        lse = floats(exact.lse());
    }

    @Test
    void acceptsTheDefinitionAndPlainFloatArithmetic() {
        Budget.check(problem, out, lse);
        Budget.check(problem, out, null);
        for (Arithmetic arithmetic : Arithmetic.values()) {
            PlainAttention.Result plain = PlainAttention.attend(problem.spec(), inputs, arithmetic);
            Budget.check(problem, floats(plain.out()), floats(plain.lse()));
        }
    }

    @Test
    void rejectsOneWrongElementAndSaysWhere() {
        out[1 * 6 * 5 + 4 * 5 + 2] += 1e-5f;
        String message = message(() -> Budget.check(problem, out, lse));
        assertTrue(message.contains(problem.toString()), message);
        assertTrue(message.contains("out at [batch 0, head 1, query 4, column 2]"), message);
        assertTrue(message.contains("error 1.0") && message.contains("allowed"), message);
    }

    @Test
    void rejectsNanAndInfinityWhereTheReferenceIsFinite() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] broken = out.clone();
            broken[59] = wrong;
            message(() -> Budget.check(problem, broken, lse));
        }
    }

    @Test
    void rejectsAnythingButMinusInfinityForARowThatSeesNothing() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1e30f, 0}) {
            float[] broken = lse.clone();
            broken[0] = wrong;
            message(() -> Budget.check(problem, out, broken));
        }
    }

    @Test
    void rejectsAFiniteNumberWhereTheReferenceIsNan() {
        float[] query = problem.query();
        Arrays.fill(query, Float.NaN);
        message(() -> Budget.check("nan", problem.spec(), query, problem.key(), problem.value(), out, lse));
    }

    @Test
    void rejectsAWrongLength() {
        message(() -> Budget.check(problem, new float[3], lse));
        message(() -> Budget.check(problem, out, new float[13]));
    }

    @Test
    void rejectsWrongScoresAtEveryStage() {
        for (ScoreStage stage : ScoreStage.values()) {
            Problem scored =
                    new Problem(problem.spec().toBuilder().returnScores(stage).build(), 3, 1);
            AttentionArrays outputs = answer(scored);
            float[] scores = (float[]) outputs.get(Operand.SCORES);
            check(scored, outputs);
            for (int at = 0; at < scores.length; at += 7) {
                float right = scores[at];
                scores[at] = Float.isFinite(right) ? right * 1.0001f + 1e-4f : 0;
                if (right != scores[at]) { // the weights of a row that sees nothing are 0 already
                    message(() -> check(scored, outputs));
                }
                scores[at] = right;
            }
        }
    }

    @Test
    void sixteenBitOutputsMayBeOffByHalfAUnitAndNoMore() {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            Problem half = new Problem(problem.spec().toBuilder().types(type).build(), 3, 1);
            AttentionArrays outputs = answer(half);
            check(half, outputs);
            short[] bits = (short[]) outputs.get(Operand.OUT);
            for (int at = 2 * 5; at < 30; at++) {
                bits[at] += 2; // units in the last place
                message(() -> check(half, outputs));
                bits[at] -= 2;
            }
        }
    }

    @Test
    void rejectsWhatWasWrittenOutsideTheRowsOfEntries() {
        AttentionSpec spec = problem.spec().toBuilder()
                .batch(2)
                .raggedQueries(14)
                .layout(Operand.OUT, new Layout(3, 400, 200, 7))
                .layout(Operand.LSE, new Layout(1, 90, 20, 1))
                .build();
        Problem ragged = new Problem(spec, 5, 1);
        AttentionArrays outputs = answer(ragged);
        check(ragged, outputs);
        float[] strided = (float[]) outputs.get(Operand.OUT);
        int gaps = 0;
        for (int at = 0; at < strided.length; at++) {
            float before = strided[at];
            if (Float.isNaN(before)) {
                gaps++;
                strided[at] = 0;
                assertTrue(message(() -> check(ragged, outputs)).contains("element " + at + " of the array of out"));
                strided[at] = before;
            }
        }
        assertTrue(gaps > 200, gaps + " gaps");
        ((float[]) outputs.get(Operand.LSE))[0] = Float.NaN;
        assertTrue(message(() -> check(ragged, outputs)).contains("array of lse"));
    }

    @Test
    void rejectsWhatWasNotWritten() {
        AttentionArrays outputs = answer(problem);
        HostArrays.put(outputs, Operand.LSE, problem.outputs().get(Operand.LSE));
        assertTrue(
                message(() -> check(problem, outputs)).contains("lse at [batch 0, head 0, query 0, column 0] was not"));
    }

    @Test
    void outputsThatAreTooLargeForTheirTypeAreInfinite() {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(1)
                .sequenceLength(1)
                .headDim(1)
                .type(Operand.OUT, DType.F16)
                .build();
        AttentionArrays arrays = AttentionArrays.of(new float[1], new float[1], new float[] {70000}, new float[1]);
        short[] half = {Half.toF16(Float.POSITIVE_INFINITY)};
        Budget.check("70000", spec, arrays, new AttentionArrays().with(Operand.OUT, half));
        half[0] = Half.toF16(Float.NEGATIVE_INFINITY);
        message(() -> Budget.check("70000", spec, arrays, new AttentionArrays().with(Operand.OUT, half)));
        half[0] = Half.toF16(65504);
        message(() -> Budget.check("70000", spec, arrays, new AttentionArrays().with(Operand.OUT, half)));
    }

    private static void check(Problem problem, AttentionArrays outputs) {
        Budget.check(problem.toString(), problem.spec(), problem.inputs(), outputs);
    }

    private static AttentionArrays answer(Problem problem) {
        return PlainAnswer.of(problem);
    }

    private static String message(Executable check) {
        return assertThrows(AssertionError.class, check).getMessage();
    }

    private static float[] floats(double[] doubles) {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }
}
