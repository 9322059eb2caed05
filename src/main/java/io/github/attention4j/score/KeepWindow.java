package io.github.attention4j.score;

import java.util.ArrayList;
import java.util.List;

/**
 * A keep function as a window around the diagonal and what is left to be asked about each pair: whoever walks over keys
 * then visits only those of the window.
 *
 * <p>The function is taken apart into conditions that must all hold. One that compares the distance of query and key
 * with numbers known beforehand is a bound of the window. One that does so but for a remainder of a division (rows of a
 * picture, say) bounds the window and stays.
 *
 * @param left how many keys before its own a query may see; −1 for no bound
 * @param right how many after; −1 for no bound
 * @param rest what else must hold; null for nothing
 */
public record KeepWindow(int left, int right, Expression rest) {
    /**
     * The window of a keep function.
     *
     * @param query what stands for the query's position: {@link Operation#QUERY_POSITION}, or {@link Operation#QUERY}
     *     where that is the same
     * @param longest queries and keys have positions below this, and above its negative
     */
    public static KeepWindow of(Expression keep, Operation query, int longest) {
        return new Conditions(keep, query, longest).window();
    }

    /** Whether there is a bound. */
    public boolean isBounded() {
        return left >= 0 || right >= 0;
    }

    /** The conditions of a function. */
    private static final class Conditions {
        private final List<Step> steps;
        private final Term[] terms;
        private final int result;
        private final Distance[] distances;
        private final int longest;
        private final List<BoolTerm> rest = new ArrayList<>();
        private long left = Long.MAX_VALUE;
        private long right = Long.MAX_VALUE;

        Conditions(Expression keep, Operation query, int longest) {
            this.longest = longest;
            steps = keep.steps();
            terms = keep.terms();
            result = keep.results().get(0);
            distances = Distance.of(steps, query, longest);
        }

        KeepWindow window() {
            require(result, true);
            Expression left =
                    rest.stream().reduce(BoolTerm::and).map(Expression::of).orElse(null);
            return new KeepWindow(bound(this.left), bound(right), left);
        }

        /** A window that reaches over all keys has no bound, and one that begins beyond the query's key does there. */
        private int bound(long bound) {
            return bound >= 2L * longest ? -1 : (int) Math.max(0, bound);
        }

        /** Takes in that a step must be true, or false. */
        private void require(int number, boolean is) {
            Step step = steps.get(number);
            boolean isAlready = step.operation() == Operation.BOOL_CONSTANT && (step.bits() != 0) == is;
            if (step.operation() == Operation.NOT) {
                require(step.argument(0), !is);
            } else if (step.operation() == (is ? Operation.AND : Operation.OR)) {
                require(step.argument(0), is);
                require(step.argument(1), is);
            } else if (!isAlready && !(step.operation() == Operation.INT_LESS && isBound(step, is))) {
                BoolTerm term = (BoolTerm) terms[number];
                rest.add(is ? term : term.not());
            }
        }

        /** Whether a comparison is nothing but bounds; what bounds it has are taken in anyway. */
        private boolean isBound(Step less, boolean is) {
            return is ? isLess(less.argument(0), less.argument(1), -1) : isLess(less.argument(1), less.argument(0), 0);
        }

        /** Likewise for {@code a − b ≤ most}; of a maximum on the left and a minimum on the right, each must. */
        private boolean isLess(int a, int b, int most) {
            Step first = steps.get(a);
            Step second = steps.get(b);
            if (first.operation() == Operation.INT_MAX) {
                return isLess(first.argument(0), b, most) & isLess(first.argument(1), b, most);
            }
            if (second.operation() == Operation.INT_MIN) {
                return isLess(a, second.argument(0), most) & isLess(a, second.argument(1), most);
            }
            Distance difference = Distance.difference(distances[a], distances[b]);
            if (difference == null || difference.times() != -difference.keys()) {
                return false;
            }
            long bound = most * difference.divisor() - difference.low();
            if (difference.times() > 0) {
                left = Math.min(left, Math.floorDiv(bound, difference.times()));
            } else if (difference.times() < 0) {
                right = Math.min(right, Math.floorDiv(bound, -difference.times()));
            }
            return difference.low() == difference.high() && bound >= 0; // a mask's window holds the query's own key
        }
    }
}
