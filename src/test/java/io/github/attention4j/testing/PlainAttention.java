package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.TensorSpec;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Attention with everything that a spec may ask for, row by row in three plain passes: the scores, their softmax, the
 * weighted values. Written from the documentation and apart from the library, in the arithmetic that is asked for.
 */
public final class PlainAttention {
    private static final double LOG2_E = 1.4426950408889634;

    /** How each step is rounded, and where the scale comes in. */
    public enum Arithmetic {
        /** Double precision; a score beyond the range of floats is infinite. */
        DOUBLE,
        /** Every step is rounded to float: {@code exp(scale · (q·k) − max)}. */
        FLOAT,
        /**
         * Every step is rounded to float, in the order that fast kernels prefer: {@code exp2((scale · q)·k · log2(e) −
         * max)}.
         */
        SCALED_QUERY_FLOAT
    }

    private final AttentionSpec spec;
    private final Arithmetic arithmetic;
    private final boolean single;
    private final boolean hiddenScoresAreAsked;
    private final Entry[] entries;
    private final Sight sight;
    private final RotatedRows query;
    private final RotatedRows key;
    private final Elements value;
    private final Elements bias;
    private final Elements slopes;
    private final Elements sink;
    private final Elements vector;
    private final PlainDropout dropout;
    private final PlainFunction function;
    private final TensorSpec outSpec;
    private final TensorSpec queryRows;
    private final double[] out;
    private final double[] lse;
    private final double[] scores;

    private PlainAttention(AttentionSpec spec, AttentionArrays inputs, Arithmetic arithmetic) {
        this.spec = spec;
        this.arithmetic = arithmetic;
        single = arithmetic != Arithmetic.DOUBLE;
        hiddenScoresAreAsked = spec.scoreStage() == ScoreStage.SCALED || spec.scoreStage() == ScoreStage.CAPPED;
        entries = Entry.of(spec, inputs);
        sight = new Sight(spec, inputs, true);
        query = new RotatedRows(spec, inputs, Operand.QUERY, single);
        key = new RotatedRows(spec, inputs, Operand.KEY, single);
        value = Elements.of(spec, inputs, Operand.VALUE);
        bias = Elements.of(spec, inputs, Operand.BIAS);
        slopes = Elements.of(spec, inputs, Operand.ALIBI_SLOPES);
        sink = Elements.of(spec, inputs, Operand.SINK);
        vector = Elements.of(spec, inputs, Operand.ADDITIVE_VECTOR);
        function = PlainFunction.of(spec, inputs, spec.score(), single);
        dropout = PlainDropout.of(spec, inputs);
        outSpec = spec.operand(Operand.OUT);
        queryRows = spec.operand(Operand.QUERY);
        out = new double[Math.toIntExact(outSpec.elements())];
        lse = new double[out.length / spec.valueDim()];
        scores = spec.has(Operand.SCORES)
                ? new double[Math.toIntExact(spec.operand(Operand.SCORES).elements())]
                : null;
    }

    /**
     * Results in the order [batch, head, row, column] of their operands' shapes, whatever the layout. Rows that belong
     * to no entry are 0.
     *
     * @param lse computed whether the spec asks for it or not
     * @param scores null if the spec does not ask for them
     * @param largestScore the largest finite score with magnitudes summed, {@code |scale| · Σ|q·k|}, of those that take
     *     part in an output
     * @param largestValue the largest finite magnitude of a value that is seen
     */
    public record Result(double[] out, double[] lse, double[] scores, double largestScore, double largestValue) {}

    /** Computes all rows. */
    public static Result attend(AttentionSpec spec, AttentionArrays inputs, Arithmetic arithmetic) {
        return attend(spec, inputs, arithmetic, Sample.ALL);
    }

    /** Computes the rows of a sample; the others are 0. */
    static Result attend(AttentionSpec spec, AttentionArrays inputs, Arithmetic arithmetic, Sample sample) {
        PlainAttention attention = new PlainAttention(spec, inputs, arithmetic);
        Sizes largest = new Sizes();
        for (Entry entry : attention.entries) {
            for (int kvHead = 0; kvHead < spec.kvHeads(); kvHead++) {
                attention.group(entry, kvHead, sample, largest);
            }
        }
        return new Result(attention.out, attention.lse, attention.scores, largest.score, largest.value);
    }

    /** All query heads that share one key/value head. */
    private void group(Entry entry, int kvHead, Sample sample, Sizes largest) {
        int[] rows = IntStream.range(0, spec.groupSize() * entry.queries())
                .filter(row ->
                        sample.has(entry, kvHead * spec.groupSize() + row / entry.queries(), row % entry.queries()))
                .toArray();
        if (rows.length == 0) {
            return;
        }
        double[][] keys = new double[entry.keys()][];
        float[][] values = new float[entry.keys()][spec.valueDim()];
        for (int j = 0; j < entry.keys(); j++) {
            keys[j] = key.row(entry, kvHead, j);
            value.row(entry.keyBatch(), kvHead, entry.keyBegin() + j, values[j]);
        }
        Arrays.stream(rows).parallel().forEach(row -> {
            int head = kvHead * spec.groupSize() + row / entry.queries();
            row(entry, head, row % entry.queries(), keys, values, largest);
        });
    }

    /** The largest numbers met so far. */
    private static final class Sizes {
        private double score;
        private double value;

        synchronized void add(double otherScore, double otherValue) {
            score = Math.max(score, otherScore);
            value = Math.max(value, otherValue);
        }

        static double larger(double largest, double size) {
            return Double.isFinite(size) ? Math.max(largest, size) : largest;
        }
    }

    private void row(Entry entry, int head, int i, double[][] keys, float[][] values, Sizes sizes) {
        double[] q = query.row(entry, head, i);
        boolean scaleFirst = arithmetic == Arithmetic.SCALED_QUERY_FLOAT && vector == null;
        if (scaleFirst) {
            for (int d = 0; d < q.length; d++) {
                q[d] = round(q[d] * spec.scale());
            }
        }
        int n = entry.keys();
        boolean[] seen = new boolean[n];
        double[] score = new double[n];
        double[] masked = new double[n];
        double max = sink == null ? Double.NEGATIVE_INFINITY : sink.get(0, head, 0, 0);
        double largest = 0;
        for (int j = 0; j < n; j++) {
            double dot =
                    vector != null ? additive(head, q, keys[j]) : single ? dotFloat(q, keys[j]) : dotDouble(q, keys[j]);
            double scaled = inRange(scaleFirst ? dot : round(spec.scale() * dot));
            double capped = spec.softcap() > 0 ? cap(scaled) : scaled;
            score[j] = spec.scoreStage() == ScoreStage.SCALED ? scaled : capped;
            seen[j] = sight.sees(entry, head, i, j);
            masked[j] = seen[j] ? inRange(shifted(entry, head, i, j, capped)) : Double.NEGATIVE_INFINITY;
            max = Math.max(max, masked[j]);
            if (seen[j] || hiddenScoresAreAsked) {
                largest = Sizes.larger(largest, vector == null ? magnitude(q, keys[j]) : largestAdditive(head));
                largest = Sizes.larger(largest, Math.abs(masked[j]));
            }
        }
        double[] weight = new double[n];
        double logarithm = softmax(masked, max, sink == null ? 0 : exp(sink.get(0, head, 0, 0), max), weight);
        int row = (entry.queryBatch() * spec.heads() + head) * queryRows.rows() + entry.queryBegin() + i;
        lse[row] = logarithm;
        if (logarithm != Double.NEGATIVE_INFINITY) {
            double[] kept = dropout == null ? null : dropout.factors(entry.batch(), head, i, n);
            sizes.add(largest, weigh(seen, weight, kept, values, row * spec.valueDim()));
        }
        if (scores != null) {
            sizes.add(largest, 0);
            writeScores(entry, head, i, score, masked, weight);
        }
    }

    private double cap(double score) {
        return round(spec.softcap() * round(Math.tanh(round(score / spec.softcap()))));
    }

    /** With bias and ALiBi. */
    private double shifted(Entry entry, int head, int i, int j, double score) {
        double sum = function == null ? score : inRange(function.score(entry, head, i, j, score));
        if (bias != null) {
            sum = round(sum + bias.get(entry.batch(), head, i, j));
        }
        if (slopes != null) {
            long distance = Math.abs((long) i + entry.keys() - entry.queries() - j);
            sum = round(sum - round(slopes.get(entry.batch(), head, 0, 0) * (double) distance));
        }
        return sum;
    }

    /** Fills in the weights; returns the logarithm of their denominator. */
    private double softmax(double[] masked, double max, double sinkWeight, double[] weight) {
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = sinkWeight;
        for (int j = 0; j < weight.length; j++) {
            weight[j] = exp(masked[j], max);
            sum = round(sum + weight[j]);
        }
        for (int j = 0; j < weight.length; j++) {
            weight[j] = masked[j] == Double.NEGATIVE_INFINITY ? 0 : round(weight[j] / sum);
        }
        return round(max + round(Math.log(sum)));
    }

    private double exp(double score, double max) {
        if (max == Double.NEGATIVE_INFINITY) {
            return 0;
        }
        if (arithmetic == Arithmetic.SCALED_QUERY_FLOAT) {
            double log2e = (float) LOG2_E;
            return round(Math.pow(2, round(round(score * log2e) - round(max * log2e))));
        }
        return round(Math.exp(round(score - max)));
    }

    /**
     * A value that is not seen is not touched, for 0 times NaN is NaN; one that is seen is, even with a weight of 0.
     *
     * @param kept what dropout multiplies weights by, or null
     */
    private double weigh(boolean[] seen, double[] weight, double[] kept, float[][] values, int at) {
        double largest = 0;
        for (int j = 0; j < weight.length; j++) {
            if (!seen[j]) {
                continue;
            }
            double factor = kept == null ? 1 : round(kept[j]);
            double left = round(weight[j] * factor);
            for (int d = 0; d < spec.valueDim(); d++) {
                out[at + d] = round(out[at + d] + round(left * values[j][d]));
                largest = Sizes.larger(largest, Math.abs(factor * values[j][d]));
            }
        }
        return largest;
    }

    private void writeScores(Entry entry, int head, int i, double[] score, double[] masked, double[] weight) {
        int length = spec.keyLength();
        int at = ((entry.batch() * spec.heads() + head) * spec.queryLength() + i) * length;
        boolean weights = spec.scoreStage() == ScoreStage.WEIGHTS;
        double[] stage = weights ? weight : spec.scoreStage() == ScoreStage.MASKED ? masked : score;
        Arrays.fill(scores, at, at + length, weights ? 0 : Double.NEGATIVE_INFINITY);
        System.arraycopy(stage, 0, scores, at, stage.length);
    }

    private double round(double x) {
        return single ? (float) x : x;
    }

    private static double inRange(double score) {
        return Float.isInfinite((float) score) ? Math.copySign(Double.POSITIVE_INFINITY, score) : score;
    }

    /** {@code |scale| · Σ|q·k|}: what the rounding errors of a score are relative to. */
    private double magnitude(double[] q, double[] k) {
        double sum = 0;
        for (int d = 0; d < q.length; d++) {
            sum += Math.abs(q[d] * k[d]);
        }
        return arithmetic == Arithmetic.SCALED_QUERY_FLOAT ? sum : sum * Math.abs(spec.scale());
    }

    private double additive(int head, double[] q, double[] k) {
        double sum = 0;
        for (int d = 0; d < q.length; d++) {
            double part = round(Math.tanh(round(q[d] + k[d])));
            sum = round(sum + round(vector.get(0, head, 0, d) * part));
        }
        return sum;
    }

    /** No score is larger. */
    private double largestAdditive(int head) {
        double sum = 0;
        for (int d = 0; d < spec.headDim(); d++) {
            sum += Math.abs(vector.get(0, head, 0, d));
        }
        return sum * Math.abs(spec.scale());
    }

    private static double dotDouble(double[] q, double[] k) {
        double dot = 0;
        for (int d = 0; d < q.length; d++) {
            dot += q[d] * k[d];
        }
        return dot;
    }

    private static double dotFloat(double[] q, double[] k) {
        float dot = 0;
        for (int d = 0; d < q.length; d++) {
            dot += (float) q[d] * (float) k[d];
        }
        return dot;
    }
}
