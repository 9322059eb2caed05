package io.github.attention4j.score;

import java.util.List;

/** What the steps of a function depend on, and for which of these each has to be computed. */
public final class StepKinds {
    /** What a step is the same for all pairs of. */
    public enum Domain {
        /** The query. */
        QUERY,
        /** The key. */
        KEY,
        /** The distance of query and key, as the bias of a relative position is. */
        DIAGONAL,
        /** The pair. */
        PAIR
    }

    /** The slope of a number that is no multiple of a position and something of the diagonal. */
    private static final long NONE = Long.MIN_VALUE;

    private final List<Step> steps;

    /** Whether a step depends on nothing of a pair. */
    private final boolean[] isUniform;

    private final Domain[] domains;

    /** By how much an integer grows where query and key both do by 1; 0 for what depends on the diagonal alone. */
    private final long[] slopes;

    /** Of each domain the steps that are computed there. */
    private final boolean[][] isOn;

    private final boolean[] isSpread;
    private final boolean[] isUsed = new boolean[Domain.values().length];

    /** Of the steps of an expression that its results need. */
    public StepKinds(Expression expression) {
        steps = expression.steps();
        int count = steps.size();
        isUniform = new boolean[count];
        slopes = new long[count];
        domains = new Domain[count];
        isOn = new boolean[Domain.values().length][count];
        isSpread = new boolean[count];
        for (int i = 0; i < count; i++) {
            Step step = steps.get(i);
            isUniform[i] =
                    isOfNoPair(step.operation()) && step.arguments().stream().allMatch(argument -> isUniform[argument]);
            slopes[i] = slope(step);
            domains[i] = domain(i, step);
        }
        expression.results().forEach(this::needForPairs);
    }

    /**
     * Whether one rounding more of a float changes a result by little. It does not where floats become whole numbers or
     * truths: 41 times the inverse of 41 is less than 1.
     */
    public static boolean isSmooth(List<Step> steps) {
        return steps.stream().noneMatch(step -> switch (step.operation()) {
            case FLOOR, TO_INT, LESS, EQUAL -> true;
            default -> false;
        });
    }

    private static boolean isOfNoPair(Operation operation) {
        return switch (operation) {
            case SCORE, QUERY, KEY, QUERY_POSITION -> false;
            default -> true;
        };
    }

    private Domain domain(int number, Step step) {
        if (slopes[number] == 0) {
            return Domain.DIAGONAL;
        }
        return switch (step.operation()) {
            case QUERY, QUERY_POSITION -> Domain.QUERY;
            case KEY -> Domain.KEY;
            case SCORE -> Domain.PAIR;
            default ->
                step.arguments().stream()
                        .filter(argument -> !isUniform[argument])
                        .map(argument -> domains[argument])
                        .reduce((one, other) -> one == other && one != Domain.DIAGONAL ? one : Domain.PAIR)
                        .orElse(Domain.PAIR);
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

    private void needForPairs(int number) {
        if (isUniform[number] || isOn(Domain.PAIR, number) || isSpread[number]) {
            return;
        }
        isSpread[number] = domains[number] != Domain.PAIR;
        need(domains[number], number);
    }

    private void need(Domain domain, int number) {
        if (isUniform[number] || isOn(domain, number)) {
            return;
        }
        isOn[domain.ordinal()][number] = true;
        isUsed[domain.ordinal()] = true;
        for (int argument : steps.get(number).arguments()) {
            if (domain == Domain.PAIR) {
                needForPairs(argument);
            } else {
                need(domain, argument);
            }
        }
    }

    /** Whether a step is the same for all pairs of a head. */
    public boolean isUniform(int step) {
        return isUniform[step];
    }

    /** What a step that is not uniform depends on. */
    public Domain domain(int step) {
        return domains[step];
    }

    /** Whether a step has to be computed there. */
    public boolean isOn(Domain domain, int step) {
        return isOn[domain.ordinal()][step];
    }

    /** Whether a step has to be computed for each pair, or for each query or key. */
    public boolean isNear(int step) {
        return isOn(Domain.PAIR, step) || isOn(Domain.QUERY, step) || isOn(Domain.KEY, step);
    }

    /** Whether any step has to. */
    public boolean isUsed(Domain domain) {
        return isUsed[domain.ordinal()];
    }

    /** Whether what was computed for its domain is needed for each pair. */
    public boolean isSpread(int step) {
        return isSpread[step];
    }
}
