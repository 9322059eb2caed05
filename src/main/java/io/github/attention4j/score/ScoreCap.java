package io.github.attention4j.score;

import java.util.List;

/**
 * A score function as a softcap and what is left to be done to the score it gives: kernels have the softcap built in.
 *
 * @param softcap what the score is capped at first; 0 for no such step
 * @param rest what is done then; null for nothing
 */
public record ScoreCap(float softcap, Expression rest) {
    /** That of a function: of one that asks for the score in {@code cap · tanh(score / cap)} only, the cap. */
    public static ScoreCap of(Expression function) {
        List<Step> steps = function.steps();
        int divided = onlyUser(steps, indexOf(steps, Operation.SCORE));
        int tanh = onlyUser(steps, divided);
        int capped = onlyUser(steps, tanh);
        if (capped < 0
                || steps.get(tanh).operation() != Operation.TANH
                || steps.get(divided).operation() != Operation.DIVIDE
                || steps.get(capped).operation() != Operation.MULTIPLY
                || function.results().contains(divided)
                || function.results().contains(tanh)) {
            return new ScoreCap(0, function);
        }
        int divisor = steps.get(divided).argument(1);
        Step cap = steps.get(divisor);
        float number = cap.operation() == Operation.FLOAT_CONSTANT ? Float.intBitsToFloat(cap.bits()) : 0;
        if (!(number > 0
                && Float.isFinite(number)
                && steps.get(capped).arguments().contains(divisor))) {
            return new ScoreCap(0, function);
        }
        return new ScoreCap(number, function.results().contains(capped) ? null : function.withScoreFor(capped));
    }

    private static int indexOf(List<Step> steps, Operation operation) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).operation() == operation) {
                return i;
            }
        }
        return -1;
    }

    /** The step that alone takes a step's result; −1 if there is none or more. */
    private static int onlyUser(List<Step> steps, int number) {
        int user = -1;
        for (int i = 0; i < steps.size(); i++) {
            if (number >= 0 && steps.get(i).arguments().contains(number)) {
                if (user >= 0) {
                    return -1;
                }
                user = i;
            }
        }
        return user;
    }
}
