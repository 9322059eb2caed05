package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.testing.PlainAttention.Arithmetic;

/**
 * How wrong a result may be: its largest error against {@link ReferenceAttention} may be three times the largest error of the same three
 * passes in plain float arithmetic on the same input, in either of the two usual orders ({@link Arithmetic}), plus 1e-6 for inputs that float arithmetic happens to
 * get right. The 1e-6 is relative where values (out), or the logarithm or score itself, are larger than 1. A quarter of a rounding of the largest score comes
 * on top: in a result of a few elements plain arithmetic may be right by luck. Outputs of 16 bits may be off by half a unit in their last place
 * on top. Where weights are rounded to 16 bits before they are multiplied, {@link RoundedWeights} says what that may do.
 *
 * <p>NaN must be where the reference has NaN and nowhere else; infinities likewise, with their sign. What of an output's array is not a
 * row of an entry must still be {@link Elements#poisoned poison}.
 */
public final class Budget {
    private static final double FACTOR = 3;
    private static final double FLOOR = 1e-6;
    /** A quarter of the rounding of a float. Without it, 2 of 18000 random specs fail, by 3 % and by 170 %. */
    private static final double SHARE_OF_A_SCORE = 0x1p-26;
    /** Beyond, a rounding of a score decides which key wins; the plain arithmetic must show then what is allowed. */
    private static final double LARGE_SCORE = 1000;

    private final String name;
    private final AttentionSpec spec;
    private final AttentionArrays outputs;
    private final Entry[] entries;
    private final ReferenceAttention.Result exact;
    private final PlainAttention.Result[] plain;
    private final double scoreError;
    /** What rounded weights may do to each element of the output. */
    private final double[] weightErrors;

    private double largestError;
    private double largestShare;

    private Budget(
            String name,
            AttentionSpec spec,
            AttentionArrays inputs,
            AttentionArrays outputs,
            boolean weightsAreRounded) {
        this.name = name;
        this.spec = spec;
        this.outputs = outputs;
        entries = Entry.of(spec, inputs);
        exact = ReferenceAttention.attend(spec, inputs);
        plain = new PlainAttention.Result[] {
            PlainAttention.attend(spec, inputs, Arithmetic.FLOAT),
            PlainAttention.attend(spec, inputs, Arithmetic.SCALED_QUERY_FLOAT)
        };
        scoreError = plain[0].largestScore() * SHARE_OF_A_SCORE;
        weightErrors = weightsAreRounded ? RoundedWeights.errors(spec, inputs) : new double[exact.out().length];
    }

    /**
     * Checks a result for a problem's {@link Problem#query}, {@link Problem#key} and {@link Problem#value}.
     *
     * @param lse null when it was not asked for
     * @throws AssertionError saying problem, worst error, what is allowed, and where
     */
    public static void check(Problem problem, float[] out, float[] lse) {
        check(problem.toString(), problem.spec(), problem.query(), problem.key(), problem.value(), out, lse);
    }

    /** Checks a result for any inputs of a spec of dense floats; {@code name} says in the message what was computed. */
    public static void check(
            String name, AttentionSpec spec, float[] query, float[] key, float[] value, float[] out, float[] lse) {
        AttentionArrays arrays = AttentionArrays.of(query, key, value, out);
        check(name, spec.withLse(lse != null), arrays, lse == null ? arrays : arrays.with(Operand.LSE, lse));
    }

    /**
     * Checks all outputs of a spec.
     *
     * @param inputs Java arrays of all inputs
     * @param outputs Java arrays of all outputs
     */
    public static void check(String name, AttentionSpec spec, AttentionArrays inputs, AttentionArrays outputs) {
        new Budget(name, spec, inputs, outputs, false).checkAll();
    }

    /**
     * Checks all outputs of a spec whose weights were rounded to the 16 bits of its values, as matrix units want them.
     *
     * @return the largest error of the output, and the largest share of what was allowed
     */
    public static Spent checkRounded(String name, AttentionSpec spec, AttentionArrays inputs, AttentionArrays outputs) {
        Budget budget = new Budget(name, spec, inputs, outputs, true);
        budget.checkAll();
        return new Spent(budget.largestError, budget.largestShare);
    }

    /**
     * How much of its budget an output needed.
     *
     * @param error the largest error
     * @param share the largest error in parts of what was allowed for its element
     */
    public record Spent(double error, double share) {}

    private void checkAll() {
        checkOut();
        if (spec.has(Operand.LSE)) {
            checkLse();
        }
        if (spec.has(Operand.SCORES)) {
            checkScores();
        }
    }

    private void checkOut() {
        double values = Math.max(1, plain[0].largestValue());
        double fromScores = values * Math.min(scoreError, LARGE_SCORE * SHARE_OF_A_SCORE);
        check(Operand.OUT, exact.out(), plain[0].out(), plain[1].out(), FLOOR * values, fromScores, false);
    }

    private void checkLse() {
        check(Operand.LSE, exact.lse(), plain[0].lse(), plain[1].lse(), FLOOR, scoreError, true);
    }

    private void checkScores() {
        boolean weights = spec.scoreStage() == ScoreStage.WEIGHTS;
        double error = weights ? Math.min(scoreError, LARGE_SCORE * SHARE_OF_A_SCORE) : scoreError;
        check(Operand.SCORES, exact.scores(), plain[0].scores(), plain[1].scores(), FLOOR, error, true);
    }

    /**
     * @param floor what is allowed always
     * @param relative whether the floor grows with the exact number
     * @param fromScores what roundings of a score may do to the output
     */
    private void check(
            Operand output,
            double[] expected,
            double[] first,
            double[] second,
            double floor,
            double fromScores,
            boolean relative) {
        Elements actual = Elements.of(spec, outputs, output);
        requireLength(output, actual);
        double plainError = Math.max(largestError(expected, first), largestError(expected, second));
        boolean[] written = new boolean[actual.length()];
        double worstExcess = 0;
        String worst = null;
        int columns = actual.tensor().columns();
        for (Entry entry : entries) {
            boolean scores = output == Operand.SCORES;
            int batch = scores ? entry.batch() : entry.queryBatch();
            int firstRow = scores ? 0 : entry.queryBegin();
            for (int row = 0; row < spec.heads() * entry.queries() * columns; row++) {
                int column = row % columns;
                int i = row / columns % entry.queries();
                int head = row / columns / entry.queries();
                int at = actual.at(batch, head, firstRow + i, column);
                written[at] = true;
                int element =
                        ((batch * spec.heads() + head) * actual.tensor().rows() + firstRow + i) * columns + column;
                double should = expected[element];
                double grown = relative && Double.isFinite(should) ? floor * Math.max(1, Math.abs(should)) : floor;
                double allowed = FACTOR * plainError
                        + grown
                        + fromScores
                        + (output == Operand.OUT ? weightErrors[element] : 0)
                        + rounding(actual.tensor().dtype(), should);
                double error = actual.isPoison(at)
                        ? Double.POSITIVE_INFINITY
                        : error(
                                should,
                                actual.getAt(at),
                                allowed,
                                actual.tensor().dtype());
                if (output == Operand.OUT) {
                    largestError = Math.max(largestError, error);
                    largestShare = Math.max(largestShare, error / allowed);
                }
                if (error - allowed > worstExcess) {
                    worstExcess = error - allowed;
                    worst =
                            "%s: %s at [batch %d, head %d, query %d, column %d] %s, but should be %s: error %.3g, allowed %.3g (plain float has %.3g)"
                                    .formatted(
                                            name,
                                            output.label(),
                                            entry.batch(),
                                            head,
                                            i,
                                            column,
                                            actual.isPoison(at) ? "was not written" : "is " + actual.getAt(at),
                                            should,
                                            error,
                                            allowed,
                                            plainError);
                }
            }
        }
        if (worst != null) {
            throw new AssertionError(worst);
        }
        requireOthersUntouched(actual, output, written);
    }

    private void requireLength(Operand output, Elements actual) {
        long wanted = actual.tensor().extent();
        if (actual.length() < wanted || actual.tensor().isDense() && actual.length() > wanted) {
            throw new AssertionError(
                    name + ": " + output.label() + " has " + actual.length() + " elements, but should have " + wanted);
        }
    }

    private void requireOthersUntouched(Elements actual, Operand output, boolean[] written) {
        for (int at = 0; at < written.length; at++) {
            if (!written[at] && !actual.isPoison(at)) {
                throw new AssertionError(name + ": element " + at + " of the array of " + output.label()
                        + " belongs to no row of an entry, but " + actual.getAt(at) + " was written to it");
            }
        }
    }

    private static double largestError(double[] exact, double[] plain) {
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs(plain[i] - exact[i]);
            largest = Double.isFinite(error) ? Math.max(largest, error) : largest;
        }
        return largest;
    }

    /** Half a unit in the last place. */
    private static double rounding(DType type, double exact) {
        double size = Double.isFinite(exact) ? Math.abs(exact) : 0;
        return switch (type) {
            case F16 -> size * 0x1p-11 + 0x1p-25;
            case BF16 -> size * 0x1p-8;
            default -> 0;
        };
    }

    /** From where on a number is rounded to infinity. */
    private static double overflow(DType type) {
        return type == DType.F16 ? 65520 : type == DType.BF16 ? 0x1.ffp127 : 0x1.ffffffp127;
    }

    /** The distance, or infinity if one is NaN or infinite where the other is not. */
    private static double error(double exact, float actual, double allowed, DType type) {
        if (Double.isNaN(exact) || Double.isInfinite(exact)) {
            return Double.compare(exact, actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        if (Float.isInfinite(actual) && Math.signum(actual) == Math.signum(exact)) {
            return Math.abs(exact) + allowed >= overflow(type) ? 0 : Double.POSITIVE_INFINITY;
        }
        return Float.isFinite(actual) ? Math.abs(actual - exact) : Double.POSITIVE_INFINITY;
    }
}
