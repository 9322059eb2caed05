package io.github.attention4j.testing;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Mask;
import io.github.attention4j.internal.cpu.ReferenceAttention;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How wrong a result may be: its largest error against {@link ReferenceAttention} may be three times the largest error of the same three
 * passes in plain float arithmetic on the same input, plus 1e-6 for inputs that float arithmetic happens to get right. The 1e-6 is relative
 * where values (out) or the logarithm itself (lse) are larger than 1.
 *
 * <p>NaN must be where the reference has NaN and nowhere else; infinities likewise, with their sign.
 */
public final class Budget {
    private static final double FACTOR = 3;
    private static final double FLOOR = 1e-6;

    private Budget() {}

    /**
     * Checks a result for a problem's own inputs.
     *
     * @param lse null when it was not asked for
     * @throws AssertionError saying problem, worst error, what is allowed, and where
     */
    public static void check(Problem problem, float[] out, float[] lse) {
        check(problem.toString(), problem.spec(), problem.query(), problem.key(), problem.value(), out, lse);
    }

    /** Checks a result for any inputs; {@code name} says in the message what was computed. */
    public static void check(
            String name, AttentionSpec spec, float[] query, float[] key, float[] value, float[] out, float[] lse) {
        ReferenceAttention.Result exact = ReferenceAttention.attend(spec, query, key, value);
        float[] plainOut = new float[exact.out().length];
        float[] plainLse = new float[exact.lse().length];
        plainFloat(spec, query, key, value, plainOut, plainLse);

        float largestValue = 1;
        for (float v : value) {
            largestValue = Float.isFinite(v) ? Math.max(largestValue, Math.abs(v)) : largestValue;
        }
        double floor = FLOOR * largestValue;
        double[] floors = new double[exact.out().length];
        Arrays.fill(floors, floor);
        compare(name, "out", spec, spec.valueDim(), exact.out(), plainOut, floors, out);
        if (lse != null) {
            double[] lseFloors = new double[exact.lse().length];
            Arrays.setAll(lseFloors, i -> FLOOR * relativeSize(exact.lse()[i]));
            compare(name, "lse", spec, 1, exact.lse(), plainLse, lseFloors, lse);
        }
    }

    private static void compare(
            String name,
            String output,
            AttentionSpec spec,
            int columns,
            double[] exact,
            float[] plain,
            double[] floors,
            float[] actual) {
        if (actual.length != exact.length) {
            throw new AssertionError(
                    name + ": " + output + " has " + actual.length + " elements, but should have " + exact.length);
        }
        double plainError = 0;
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs(plain[i] - exact[i]);
            plainError = Double.isFinite(error) ? Math.max(plainError, error) : plainError;
        }
        int worst = 0;
        double worstExcess = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < exact.length; i++) {
            double excess = error(exact[i], actual[i]) - FACTOR * plainError - floors[i];
            if (excess > worstExcess) {
                worstExcess = excess;
                worst = i;
            }
        }
        if (worstExcess > 0) {
            int row = worst / columns;
            int head = row / spec.queryLength();
            throw new AssertionError(
                    "%s: %s at [batch %d, head %d, query %d, column %d] is %s, but should be %s: error %.3g, allowed %.3g (plain float has %.3g)"
                            .formatted(
                                    name,
                                    output,
                                    head / spec.heads(),
                                    head % spec.heads(),
                                    row % spec.queryLength(),
                                    worst % columns,
                                    actual[worst],
                                    exact[worst],
                                    error(exact[worst], actual[worst]),
                                    FACTOR * plainError + floors[worst],
                                    plainError));
        }
    }

    private static double relativeSize(double exact) {
        return Double.isFinite(exact) ? Math.max(1, Math.abs(exact)) : 1;
    }

    /** The distance, or infinity if one is NaN or infinite where the other is not. */
    private static double error(double exact, float actual) {
        if (Double.isNaN(exact) || Double.isInfinite(exact)) {
            return Double.compare(exact, actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        return Float.isFinite(actual) ? Math.abs(actual - exact) : Double.POSITIVE_INFINITY;
    }

    /** The reference's three passes with every step rounded to float: the yardstick, written independently of the code under test. */
    static void plainFloat(AttentionSpec spec, float[] query, float[] key, float[] value, float[] out, float[] lse) {
        IntStream.range(0, lse.length).parallel().forEach(row -> {
            int i = row % spec.queryLength();
            int head = row / spec.queryLength();
            int kvHead = head / spec.heads() * spec.kvHeads() + head % spec.heads() / spec.groupSize();
            int end = spec.keyLength();
            if (spec.mask().right() == 0) {
                int offset = spec.mask().alignment() == Mask.Alignment.TOP_LEFT ? 0 : end - spec.queryLength();
                end = Math.max(0, Math.min(end, i + offset + 1));
            }
            float[] score = new float[end];
            float max = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < end; j++) {
                float dot = 0;
                for (int d = 0; d < spec.headDim(); d++) {
                    dot += query[row * spec.headDim() + d] * key[(kvHead * spec.keyLength() + j) * spec.headDim() + d];
                }
                score[j] = dot * spec.scale();
                max = Math.max(max, score[j]);
            }
            float sum = 0;
            for (int j = 0; j < end; j++) {
                score[j] = (float) Math.exp(score[j] - max);
                sum += score[j];
            }
            for (int d = 0; d < spec.valueDim(); d++) {
                float weighted = 0;
                for (int j = 0; j < end; j++) {
                    weighted += score[j] * value[(kvHead * spec.keyLength() + j) * spec.valueDim() + d];
                }
                out[row * spec.valueDim() + d] = end == 0 ? 0 : weighted / sum;
            }
            lse[row] = max + (float) Math.log(sum);
        });
    }
}
