package io.github.attention4j.bench.decode;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Shapes;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.PlainAttention;
import io.github.attention4j.testing.PlainAttention.Arithmetic;
import io.github.attention4j.testing.Verdict;
import java.util.Arrays;

/**
 * The right answer for sampled heads, of the rows that a cache of the type keeps, in double arithmetic; no engine takes
 * part.
 */
public final class DecodeOracle {
    private DecodeOracle() {}

    /** Runs once and judges the answer. */
    public static Verdict check(DecodeCase problem, Contender contender) {
        contender.run();
        return judge(problem, contender.output());
    }

    /**
     * Judges a step's answer, by the {@link Budget}. Of the quantised types one element may lie a step away beside
     * that: which of two numbers an element half-way between them becomes is a matter of rounding.
     *
     * @param out [batch, heads, 1, headDim]
     */
    static Verdict judge(DecodeCase problem, float[] out) {
        double error = 0;
        double budget = Double.POSITIVE_INFINITY;
        for (float x : out) {
            if (Float.isNaN(x)) {
                return new Verdict(Double.NaN, 0);
            }
        }
        for (int entry : new int[] {0, problem.batch() - 1}) {
            for (int head : new int[] {0, problem.heads() * 13 / 32, problem.heads() - 1}) {
                int at = (entry * problem.heads() + head) * DecodeCase.HEAD_DIM;
                Verdict one = judgeHead(problem, entry, head, Arrays.copyOfRange(out, at, at + DecodeCase.HEAD_DIM));
                error = Math.max(error, one.error());
                budget = Math.min(budget, one.allowed());
            }
        }
        return new Verdict(error, budget);
    }

    private static Verdict judgeHead(DecodeCase problem, int entry, int head, float[] out) {
        int dim = DecodeCase.HEAD_DIM;
        int kvHead = head / (problem.heads() / DecodeCase.KV_HEADS);
        float[] query = new float[dim];
        float[] key = new float[problem.keys() * dim];
        float[] value = new float[problem.keys() * dim];
        DecodeData.row(DecodeData.QUERY, entry, head, 0, query, 0);
        DecodeData.stored(problem, DecodeData.KEY, entry, kvHead, key);
        float step = DecodeData.stored(problem, DecodeData.VALUE, entry, kvHead, value);
        AttentionSpec spec = Shapes.parse("1x1x1x" + problem.keys() + "x" + dim).toBuilder()
                .returnScores(ScoreStage.WEIGHTS)
                .build();
        AttentionArrays inputs = AttentionArrays.of(query, key, value, out);
        PlainAttention.Result exact = PlainAttention.attend(spec, inputs, Arithmetic.DOUBLE);
        float[] expected = floats(exact.out());
        float[] plain =
                floats(PlainAttention.attend(spec, inputs, Arithmetic.FLOAT).out());
        double largestWeight = Arrays.stream(exact.scores()).max().orElse(1);
        double budget = Budget.allowed(Verdict.largestDifference(plain, expected), 1) + step * largestWeight;
        return new Verdict(Verdict.largestDifference(out, expected), budget);
    }

    private static float[] floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }
}
