package io.github.attention4j.score;

import java.util.List;

/**
 * An integer of a function as {@code (times · query + keys · key + a number from low to high) / divisor}, where nothing
 * overflows.
 *
 * @param times how many times it has the query's position
 * @param keys how many times it has the key
 * @param divisor above 0
 */
record Distance(long times, long keys, long low, long high, long divisor) {
    private static final long MOST = Integer.MAX_VALUE;

    /** Those of all steps; null for what is none. */
    static Distance[] of(List<Step> steps, Operation query, int longest) {
        Distance[] all = new Distance[steps.size()];
        for (int i = 0; i < all.length; i++) {
            Step step = steps.get(i);
            Distance a = step.arguments().isEmpty() ? null : all[step.argument(0)];
            Distance b = step.arguments().size() < 2 ? null : all[step.argument(1)];
            Distance made = step.operation() == query ? new Distance(1, 0, 0, 0, 1) : make(step, a, b);
            all[i] = made == null || !made.fits(longest) ? null : made;
        }
        return all;
    }

    private static Distance make(Step step, Distance a, Distance b) {
        return switch (step.operation()) {
            case KEY -> new Distance(0, 1, 0, 0, 1);
            case INT_CONSTANT -> new Distance(0, 0, step.bits(), step.bits(), 1);
            case INT_ADD -> b == null ? null : difference(a, b.scaled(-1));
            case INT_SUBTRACT -> difference(a, b);
            case INT_MULTIPLY ->
                a == null || b == null ? null : b.isNumber() ? a.scaled(b.low) : a.isNumber() ? b.scaled(a.low) : null;
            case INT_DIVIDE -> a == null || b == null || !b.isNumber() || b.low <= 0 ? null : a.divided(b.low);
            default -> null;
        };
    }

    /** Null if one of them is. */
    static Distance difference(Distance a, Distance b) {
        if (a == null || b == null || a.divisor > MOST / b.divisor) {
            return null;
        }
        return new Distance(
                a.times * b.divisor - b.times * a.divisor,
                a.keys * b.divisor - b.keys * a.divisor,
                a.low * b.divisor - b.high * a.divisor,
                a.high * b.divisor - b.low * a.divisor,
                a.divisor * b.divisor);
    }

    private Distance scaled(long by) {
        return new Distance(
                times * by, keys * by, by < 0 ? high * by : low * by, by < 0 ? low * by : high * by, divisor);
    }

    /** Rounded down. */
    private Distance divided(long by) {
        return divisor > MOST / by ? null : new Distance(times, keys, low - (by - 1) * divisor, high, divisor * by);
    }

    private boolean isNumber() {
        return times == 0 && keys == 0 && low == high && divisor == 1;
    }

    /** Whether it never overflows as an int, and neither do these numbers. */
    private boolean fits(int longest) {
        long times = Math.abs(this.times);
        long keys = Math.abs(this.keys);
        long rest = Math.max(Math.abs(low), Math.abs(high));
        boolean isSmall = times <= MOST && keys <= MOST && rest <= MOST;
        return isSmall && (times + keys) * longest / divisor + rest / divisor < MOST;
    }
}
