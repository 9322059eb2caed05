package io.github.attention4j.bench.option;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.attention.Oracle.Verdict;

/** Whole right answers, for tests. */
public final class Answers {
    private Answers() {}

    /** The exact answer to a problem, [batch, heads, rows, valueDim]. */
    public static float[] exact(OptionProblem problem) {
        AttentionSpec spec = problem.spec();
        OptionRow rows = new OptionRow(problem);
        float[] out = new float[Math.toIntExact(spec.outElements())];
        for (int entry = 0; entry < spec.batch(); entry++) {
            for (int head = 0; head < spec.heads(); head++) {
                for (int i = 0; i < problem.queries(entry); i++) {
                    float[] row = rows.attend(entry, head, i, false);
                    System.arraycopy(row, 0, out, problem.queryRow(entry, head, i) * row.length, row.length);
                }
            }
        }
        return out;
    }

    /** Whether an answer passes. */
    public static Verdict judge(OptionProblem problem, float[] answer) {
        return new OptionOracle(problem).judge(answer);
    }
}
