package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.internal.java.reference.ReferenceAttention;
import io.github.attention4j.testing.PlainAttention.Arithmetic;
import java.util.EnumMap;
import java.util.Map;

/**
 * How wrong a result may be: its largest error against {@link ReferenceAttention} may be three times the largest error
 * of the same three passes in plain float arithmetic on the same input, in either of the two usual orders
 * ({@link Arithmetic}), plus 1e-6 for inputs that float arithmetic happens to get right. The 1e-6 is relative where
 * values (out), or the logarithm or score itself, are larger than 1. A quarter of a rounding of the largest score comes
 * on top: in a result of a few elements plain arithmetic may be right by luck. Outputs of 16 bits may be off by half a
 * unit in their last place on top. Where weights are rounded to 16 bits before they are multiplied,
 * {@link RoundedWeights} says what that may do.
 *
 * <p>NaN must be where the reference has NaN and nowhere else; infinities likewise, with their sign. What of an
 * output's array is not a row of an entry must still be {@link Elements#poisoned poison}.
 */
public final class Budget {
    private static final double FACTOR = 3;
    private static final double FLOOR = 1e-6;
    /** A quarter of the rounding of a float. Without it, 2 of 18000 random specs fail, by 3 % and by 170 %. */
    private static final double SHARE_OF_A_SCORE = 0x1p-26;
    /** Beyond, a rounding of a score decides which key wins; the plain arithmetic must show then what is allowed. */
    private static final double LARGE_SCORE = 1000;

    private final AttentionSpec spec;
    private final AttentionArrays inputs;
    private final Entry[] entries;
    private final Sample sample;
    private final Map<Operand, double[]> exact = new EnumMap<>(Operand.class);
    private final PlainAttention.Result[] plain;
    private final double scoreError;
    /** What rounded weights may do to each element of the output; null until somebody asks. */
    private double[] weightErrors;

    private Budget(AttentionSpec spec, AttentionArrays inputs, Sample sample) {
        this.spec = spec;
        this.inputs = inputs;
        this.sample = sample;
        entries = Entry.of(spec, inputs);
        if (sample.isAll()) {
            ReferenceAttention.Result result = ReferenceAttention.attend(spec, inputs);
            exact.put(Operand.OUT, result.out());
            exact.put(Operand.LSE, result.lse());
            exact.put(Operand.SCORES, result.scores());
        } else {
            PlainAttention.Result result = PlainAttention.attend(spec, inputs, Arithmetic.DOUBLE, sample);
            exact.put(Operand.OUT, result.out());
            exact.put(Operand.LSE, result.lse());
            exact.put(Operand.SCORES, result.scores());
        }
        plain = new PlainAttention.Result[] {
            PlainAttention.attend(spec, inputs, Arithmetic.FLOAT, sample),
            PlainAttention.attend(spec, inputs, Arithmetic.SCALED_QUERY_FLOAT, sample)
        };
        scoreError = plain[0].largestScore() * SHARE_OF_A_SCORE;
    }

    /** What is allowed for every row of an answer. */
    public static Budget of(AttentionSpec spec, AttentionArrays inputs) {
        return new Budget(spec, inputs, Sample.ALL);
    }

    /**
     * What is allowed for the rows of a {@link Sample}, so that the answer to a problem of any size can be judged soon.
     * {@link PlainAttention} in double precision is the definition then, and of the rows that are not sampled only NaN
     * is found.
     */
    public static Budget sampled(AttentionSpec spec, AttentionArrays inputs) {
        return new Budget(spec, inputs, Sample.of(spec, inputs));
    }

    /** What is allowed where nothing is known but how wrong plain float arithmetic is, and how large the values are. */
    public static double allowed(double plainError, double largestValue) {
        return FACTOR * plainError + FLOOR * Math.max(1, largestValue);
    }

    /**
     * Judges an answer.
     *
     * @param outputs Java arrays of all outputs
     * @param weightsAreRounded whether weights were rounded to 16 bits before they were multiplied, as
     *     {@link RoundedWeights} says
     */
    public Verdict judge(AttentionArrays outputs, boolean weightsAreRounded) {
        return new Judgement(outputs, weightsAreRounded).verdict();
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
        require(name, of(spec, inputs).judge(outputs, false));
    }

    /**
     * Checks all outputs of a spec whose weights were rounded to the 16 bits of its values, as matrix units want them.
     *
     * @return the largest error of the output, and the largest share of what was allowed
     */
    public static Spent checkRounded(String name, AttentionSpec spec, AttentionArrays inputs, AttentionArrays outputs) {
        Judgement judgement = of(spec, inputs).new Judgement(outputs, true);
        require(name, judgement.verdict());
        return new Spent(judgement.largestError, judgement.largestShare);
    }

    private static void require(String name, Verdict verdict) {
        if (!verdict.passed()) {
            throw new AssertionError(name + ": " + verdict.fault());
        }
    }

    /**
     * How much of its budget an output needed.
     *
     * @param error the largest error
     * @param share the largest error in parts of what was allowed for its element
     */
    public record Spent(double error, double share) {}

    private double[] weightErrors() {
        if (weightErrors == null) {
            weightErrors = RoundedWeights.errors(spec, inputs, sample);
        }
        return weightErrors;
    }

    /** One answer, output by output. */
    private final class Judgement {
        private final AttentionArrays outputs;
        private final boolean weightsAreRounded;
        private double largestError;
        private double allowedThere = FLOOR;
        private double largestShare;
        private double worstExcess;
        private Verdict worst;

        Judgement(AttentionArrays outputs, boolean weightsAreRounded) {
            this.outputs = outputs;
            this.weightsAreRounded = weightsAreRounded;
        }

        Verdict verdict() {
            double values = Math.max(1, plain[0].largestValue());
            double fromWeights = Math.min(scoreError, LARGE_SCORE * SHARE_OF_A_SCORE);
            judge(Operand.OUT, plain[0].out(), plain[1].out(), FLOOR * values, values * fromWeights, false);
            if (spec.has(Operand.LSE)) {
                judge(Operand.LSE, plain[0].lse(), plain[1].lse(), FLOOR, scoreError, true);
            }
            if (spec.has(Operand.SCORES)) {
                double error = spec.scoreStage() == ScoreStage.WEIGHTS ? fromWeights : scoreError;
                judge(Operand.SCORES, plain[0].scores(), plain[1].scores(), FLOOR, error, true);
            }
            return worst != null ? worst : new Verdict(largestError, allowedThere);
        }

        /**
         * @param floor what is allowed always
         * @param fromScores what roundings of a score may do to the output
         * @param relative whether the floor grows with the exact number
         */
        private void judge(
                Operand output, double[] first, double[] second, double floor, double fromScores, boolean relative) {
            Elements actual = Elements.of(spec, outputs, output);
            String misfit = misfit(output, actual);
            if (misfit != null) {
                worst = new Verdict(Double.NaN, 0, misfit);
                return;
            }
            double[] expected = exact.get(output);
            double plainError = Math.max(largestError(expected, first), largestError(expected, second));
            boolean[] written = new boolean[actual.length()];
            boolean isOut = output == Operand.OUT;
            for (Entry entry : entries) {
                boolean scores = output == Operand.SCORES;
                int batch = scores ? entry.batch() : entry.queryBatch();
                int firstRow = scores ? 0 : entry.queryBegin();
                int columns = actual.tensor().columns();
                for (int row = 0; row < spec.heads() * entry.queries(); row++) {
                    int i = row % entry.queries();
                    int head = row / entry.queries();
                    boolean isKnown = sample.has(entry, head, i);
                    int element =
                            ((batch * spec.heads() + head) * actual.tensor().rows() + firstRow + i) * columns;
                    for (int column = 0; column < columns; column++) {
                        int at = actual.at(batch, head, firstRow + i, column);
                        written[at] = true;
                        if (!isKnown) {
                            requireNumber(output, actual, at);
                            continue;
                        }
                        double should = expected[element + column];
                        double grown =
                                relative && Double.isFinite(should) ? floor * Math.max(1, Math.abs(should)) : floor;
                        double allowed = FACTOR * plainError
                                + grown
                                + fromScores
                                + (isOut && weightsAreRounded ? weightErrors()[element + column] : 0)
                                + rounding(actual.tensor().dtype(), should);
                        double error = actual.isPoison(at)
                                ? Double.POSITIVE_INFINITY
                                : error(
                                        should,
                                        actual.getAt(at),
                                        allowed,
                                        actual.tensor().dtype());
                        if (isOut) {
                            note(error, allowed);
                        }
                        if (error - allowed > worstExcess) {
                            worstExcess = error - allowed;
                            String is = actual.isPoison(at) ? "was not written" : "is " + actual.getAt(at);
                            worst = new Verdict(
                                    error,
                                    allowed,
                                    "%s at [batch %d, head %d, query %d, column %d] %s, but should be %s: error %.3g, allowed %.3g (plain float has %.3g)"
                                            .formatted(
                                                    output.label(),
                                                    entry.batch(),
                                                    head,
                                                    i,
                                                    column,
                                                    is,
                                                    should,
                                                    error,
                                                    allowed,
                                                    plainError));
                        }
                    }
                }
            }
            if (worst == null) {
                requireOthersUntouched(output, actual, written);
            }
        }

        private void note(double error, double allowed) {
            if (error > largestError) {
                largestError = error;
                allowedThere = allowed;
            }
            largestShare = Math.max(largestShare, error / allowed);
        }

        private void requireNumber(Operand output, Elements actual, int at) {
            if (Float.isNaN(actual.getAt(at)) && worstExcess < Double.POSITIVE_INFINITY) {
                worstExcess = Double.POSITIVE_INFINITY;
                worst = new Verdict(Double.NaN, 0, "element " + at + " of the array of " + output.label() + " is NaN");
            }
        }

        private void requireOthersUntouched(Operand output, Elements actual, boolean[] written) {
            for (int at = 0; at < written.length; at++) {
                if (!written[at] && !actual.isPoison(at)) {
                    worst = new Verdict(
                            Double.NaN,
                            0,
                            "element " + at + " of the array of " + output.label()
                                    + " belongs to no row of an entry, but " + actual.getAt(at)
                                    + " was written to it");
                    return;
                }
            }
        }
    }

    /** What is wrong with the length of an output's array, or null. */
    private static String misfit(Operand output, Elements actual) {
        long wanted = actual.tensor().extent();
        return actual.length() < wanted || actual.tensor().isDense() && actual.length() > wanted
                ? output.label() + " has " + actual.length() + " elements, but should have " + wanted
                : null;
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
