package io.github.attention4j.bench.option;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionResult;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.attention.Oracle;
import io.github.attention4j.bench.attention.Oracle.Verdict;

/** Judges an answer: its out by the bench's own arithmetic, its log-sum-exp, if it has one, by the library's reference. */
public final class Verdicts {
    /** The scores of random data are below ten, and a log-sum-exp is as right as its largest score. */
    private static final double LSE_BUDGET = 1e-5;

    private Verdicts() {}

    /** Runs once and judges. */
    public static Verdict of(OptionContender contender, OptionProblem problem) {
        // The bench's own arithmetic knows nothing but out, which is the same with and without a log-sum-exp.
        OptionProblem onlyOut = new OptionProblem(problem.spec().withLse(false), problem.order()).withDataOf(problem);
        return of(contender, problem, new OptionOracle(onlyOut));
    }

    /** Runs once and judges by an oracle that is known already. */
    public static Verdict of(OptionContender contender, OptionProblem problem, OptionOracle oracle) {
        contender.run();
        Verdict out = oracle.judge(contender);
        if (!problem.spec().returnLse() || !out.passed()) {
            return out;
        }
        Verdict lse = new Verdict(Oracle.largestDifference(contender.lse(), referenceLse(problem)), LSE_BUDGET);
        return lse.passed() ? out : lse;
    }

    private static float[] referenceLse(OptionProblem problem) {
        try (AttentionEngine reference = AttentionEngine.open("reference")) {
            AttentionResult result = reference.attendWithLse(
                    problem.spec(), (float[]) problem.array(Operand.QUERY), (float[]) problem.array(Operand.KEY), (float
                                    [])
                            problem.array(Operand.VALUE));
            return result.lse();
        }
    }
}
