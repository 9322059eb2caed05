package io.github.attention4j.bench.decode;

import io.github.attention4j.DType;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Verdict;
import java.util.Arrays;

/**
 * The right answer for sampled heads, computed here from the rows that a cache of the type keeps, in double arithmetic;
 * no engine takes part.
 */
final class DecodeOracle {
    private DecodeOracle() {}

    /** Runs once and judges the answer. */
    static Verdict check(DecodeCase problem, Contender contender) {
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
        DType type = problem.type();
        float[] query = new float[dim];
        DecodeData.row(DecodeData.QUERY, entry, head, 0, query, 0);
        double[] scores = new double[problem.keys()];
        float[] plainScores = new float[problem.keys()];
        float[] row = new float[dim];
        double most = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < scores.length; j++) {
            DecodeData.row(DecodeData.KEY, entry, kvHead, j, row, 0);
            DecodeData.store(type, row);
            double exact = 0;
            float plain = 0;
            for (int c = 0; c < dim; c++) {
                exact += (double) query[c] * row[c];
                plain += query[c] * row[c];
            }
            scores[j] = exact / Math.sqrt(dim);
            plainScores[j] = plain * (float) (1 / Math.sqrt(dim));
            most = Math.max(most, scores[j]);
        }
        double sum = 0;
        float plainSum = 0;
        for (int j = 0; j < scores.length; j++) {
            scores[j] = Math.exp(scores[j] - most);
            plainScores[j] = (float) Math.exp(plainScores[j] - (float) most);
            sum += scores[j];
            plainSum += plainScores[j];
        }
        double[] exact = new double[dim];
        float[] plain = new float[dim];
        float step = 0;
        for (int j = 0; j < scores.length; j++) {
            DecodeData.row(DecodeData.VALUE, entry, kvHead, j, row, 0);
            step = Math.max(step, DecodeData.store(type, row));
            for (int c = 0; c < dim; c++) {
                exact[c] += scores[j] / sum * row[c];
                plain[c] += plainScores[j] / plainSum * row[c];
            }
        }
        float[] expected = new float[dim];
        for (int c = 0; c < dim; c++) {
            expected[c] = (float) exact[c];
        }
        double largestWeight = 1 / sum;
        double budget = Budget.allowed(Verdict.largestDifference(plain, expected), 1) + step * largestWeight;
        return new Verdict(Verdict.largestDifference(out, expected), budget);
    }
}
