package io.github.attention4j.internal.java.steps;

import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;
import io.github.attention4j.score.Step;
import java.util.List;

/**
 * What the steps of a function depend on: nothing of a pair, its diagonal alone (the distance of query and key, as the
 * bias of a relative position does), or the pair. And on which of these each has to be computed.
 */
final class StepKinds {
    /** The slope of a number that is no multiple of a position and something of the diagonal. */
    private static final long NONE = Long.MIN_VALUE;

    private final List<Step> steps;
    private final boolean[] isUniform;

    /** By how much an integer grows where query and key both do by 1; 0 for what depends on the diagonal alone. */
    private final long[] slopes;

    private final boolean[] isOnPairs;
    private final boolean[] isOnDiagonals;
    private final boolean[] isSpread;

    StepKinds(Expression expression) {
        steps = expression.steps();
        int count = steps.size();
        isUniform = new boolean[count];
        slopes = new long[count];
        isOnPairs = new boolean[count];
        isOnDiagonals = new boolean[count];
        isSpread = new boolean[count];
        for (int i = 0; i < count; i++) {
            Step step = steps.get(i);
            isUniform[i] =
                    isOfNoPair(step.operation()) && step.arguments().stream().allMatch(argument -> isUniform[argument]);
            slopes[i] = slope(step);
        }
        expression.results().forEach(this::needOnPairs);
    }

    private static boolean isOfNoPair(Operation operation) {
        return switch (operation) {
            case SCORE, QUERY, KEY, QUERY_POSITION -> false;
            default -> true;
        };
    }

    private long slope(Step step) {
        return switch (step.operation()) {
            case QUERY, KEY, QUERY_POSITION -> 1;
            case SCORE -> NONE;
            case INT_ADD -> together(step, 1);
            case INT_SUBTRACT -> together(step, -1);
            default -> step.arguments().stream().allMatch(argument -> slopes[argument] == 0) ? 0 : NONE;
        };
    }

    private long together(Step step, int sign) {
        long a = slopes[step.argument(0)];
        long b = slopes[step.argument(1)];
        return a == NONE || b == NONE ? NONE : (int) (a + sign * b); // as integers wrap around
    }

    private void needOnPairs(int number) {
        if (isUniform[number] || isOnPairs[number] || isSpread[number]) {
            return;
        }
        if (slopes[number] == 0) {
            isSpread[number] = true;
            needOnDiagonals(number);
            return;
        }
        isOnPairs[number] = true;
        steps.get(number).arguments().forEach(this::needOnPairs);
    }

    private void needOnDiagonals(int number) {
        if (!isUniform[number] && !isOnDiagonals[number]) {
            isOnDiagonals[number] = true;
            steps.get(number).arguments().forEach(this::needOnDiagonals);
        }
    }

    /** Whether a step is the same for all pairs of a head. */
    boolean isUniform(int step) {
        return isUniform[step];
    }

    /** Whether it has to be computed for each pair. */
    boolean isOnPairs(int step) {
        return isOnPairs[step];
    }

    /** Whether it has to be computed for each diagonal. */
    boolean isOnDiagonals(int step) {
        return isOnDiagonals[step];
    }

    /** Whether what was computed for each diagonal is needed for each pair. */
    boolean isSpread(int step) {
        return isSpread[step];
    }

    /** Whether any step is. */
    boolean hasDiagonals() {
        for (boolean is : isSpread) {
            if (is) {
                return true;
            }
        }
        return false;
    }
}
