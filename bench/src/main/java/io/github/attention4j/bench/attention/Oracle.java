package io.github.attention4j.bench.attention;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The right answer to a problem and how far from it an answer may be: the engine {@code "reference"}, and three times the error that plain
 * float arithmetic makes on the same rows, plus {@value #FLOOR} (relative to the largest value, if that is above 1).
 *
 * <p>Of a large problem only sampled rows are known, the first and last among them. Each is asked for as a problem of one query over the
 * keys it sees, which also checks the mask from outside.
 */
public final class Oracle {
    private static final double FACTOR = 3;
    private static final double FLOOR = 1e-6;
    /** Problems with more multiplications than this are sampled. */
    private static final double ALL_ROWS_BELOW = 1.5e9;

    private static final int SAMPLES = 96;

    private final int[] rows; // counting through [batch, heads, queryLength]
    private final float[] expected; // [row, valueDim]
    private final int valueDim;
    private final double budget;

    /**
     * How far an answer is from the right one.
     *
     * @param error the largest difference; NaN if an element is no number
     * @param budget how large it may be
     */
    public record Verdict(double error, double budget) {
        /** Whether the answer is good enough; a NaN is not. */
        public boolean passed() {
            return error <= budget;
        }
    }

    private Oracle(Problem problem, int[] rows, float[] expected, float[] plain) {
        this.rows = rows;
        this.expected = expected;
        this.valueDim = problem.spec().valueDim();
        this.budget = budget(plain, expected, problem.value());
    }

    /** Asks the reference engine. */
    public static Oracle of(AttentionEngine reference, Problem problem) {
        return of(reference, problem, false);
    }

    /** Likewise for a problem {@link Problem#inBf16}: an answer may be three times as wrong as one whose weights and results are rounded to bf16. */
    public static Oracle ofBf16(AttentionEngine reference, Problem problem) {
        return of(reference, problem, true);
    }

    private static Oracle of(AttentionEngine reference, Problem problem, boolean bf16) {
        AttentionSpec spec = problem.spec();
        int all = Math.toIntExact((long) spec.batch() * spec.heads() * spec.queryLength());
        if (!bf16 && (Visible.flops(spec) < ALL_ROWS_BELOW || all <= SAMPLES)) {
            float[] expected = reference.attend(spec, problem.query(), problem.key(), problem.value());
            return new Oracle(problem, IntStream.range(0, all).toArray(), expected, PlainAttention.attend(problem));
        }
        int[] rows = all <= SAMPLES ? IntStream.range(0, all).toArray() : sample(all);
        float[] expected = new float[rows.length * spec.valueDim()];
        float[] plain = new float[expected.length];
        float[] scores = new float[spec.keyLength()];
        for (int i = 0; i < rows.length; i++) {
            float[] row = referenceRow(reference, problem, rows[i]);
            System.arraycopy(row, 0, expected, i * row.length, row.length);
            PlainAttention.attendRow(problem, rows[i], scores, bf16, plain, i * row.length);
        }
        return new Oracle(problem, rows, expected, plain);
    }

    /**
     * How far an answer may be from the right one.
     *
     * @param plain the answer of plain float arithmetic
     * @param expected the right answer
     * @param value the values that both are sums of
     */
    public static double budget(float[] plain, float[] expected, float[] value) {
        return FACTOR * largestDifference(plain, expected) + FLOOR * Math.max(1, largest(value));
    }

    /** Judges an answer [batch, heads, queryLength, valueDim]. Elements that are not sampled must at least be numbers. */
    public Verdict judge(float[] out) {
        for (float x : out) {
            if (Float.isNaN(x)) {
                return new Verdict(Double.NaN, budget);
            }
        }
        float[] known = new float[expected.length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(out, rows[i] * valueDim, known, i * valueDim, valueDim);
        }
        return new Verdict(largestDifference(known, expected), budget);
    }

    /** The largest difference of two arrays of equal length; NaN if there is one. */
    public static double largestDifference(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < b.length; i++) {
            double difference = Math.abs((double) a[i] - b[i]);
            if (!(difference <= largest)) { // so that a NaN is taken, and stays
                largest = difference;
            }
            if (Double.isNaN(largest)) {
                return largest;
            }
        }
        return largest;
    }

    private static double largest(float[] values) {
        float largest = 0;
        for (float v : values) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }

    private static int[] sample(int all) {
        int[] rows = new Random(all).ints(SAMPLES, 0, all).toArray();
        rows[0] = 0;
        rows[1] = all - 1;
        return rows;
    }

    private static float[] referenceRow(AttentionEngine reference, Problem problem, int row) {
        AttentionSpec spec = problem.spec();
        int begin = Visible.begin(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength());
        int seen = Visible.end(spec.mask(), spec.queryLength(), spec.keyLength(), row % spec.queryLength()) - begin;
        if (seen <= 0) {
            return new float[spec.valueDim()];
        }
        int firstKey = row / spec.queryLength() / spec.groupSize() * spec.keyLength() + begin;
        AttentionSpec one = AttentionSpec.builder()
                .heads(1)
                .queryLength(1)
                .keyLength(seen)
                .headDim(spec.headDim())
                .valueDim(spec.valueDim())
                .scale(spec.scale())
                .build();
        return reference.attend(
                one,
                rows(problem.query(), row, 1, spec.headDim()),
                rows(problem.key(), firstKey, seen, spec.headDim()),
                rows(problem.value(), firstKey, seen, spec.valueDim()));
    }

    private static float[] rows(float[] matrix, int from, int count, int width) {
        return Arrays.copyOfRange(matrix, from * width, (from + count) * width);
    }
}
