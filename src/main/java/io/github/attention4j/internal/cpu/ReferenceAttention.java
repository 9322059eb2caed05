package io.github.attention4j.internal.cpu;

import io.github.attention4j.AttentionSpec;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The definition: exact attention in double precision, row by row in three plain passes. Slow, and what everything else is tested against.
 *
 * <p>For a row that sees the keys {@code [0, end)}: {@code score[j] = scale · q·k[j]}, {@code max} the largest of them,
 * {@code out = Σ exp(score[j] − max) · v[j] / Σ exp(score[j] − max)} and {@code lse = max + ln Σ exp(score[j] − max)}.
 * A row that sees no key, or only scores of −∞, has {@code out = 0} and {@code lse = −∞}. Keys and values beyond {@code end} are not read.
 */
public final class ReferenceAttention {
    private final AttentionSpec spec;
    private final VisibleKeys visible;
    private final HostRows query;
    private final HostRows key;
    private final HostRows value;

    ReferenceAttention(AttentionSpec spec, HostRows query, HostRows key, HostRows value) {
        this.spec = spec;
        this.visible = new VisibleKeys(spec);
        this.query = query;
        this.key = key;
        this.value = value;
    }

    /**
     * Output and log-sum-exp before rounding to float.
     *
     * @param out [batch, heads, queryLength, valueDim]
     * @param lse [batch, heads, queryLength], natural logarithms
     */
    public record Result(double[] out, double[] lse) {}

    /** Computes all rows of dense arrays on the common pool. */
    public static Result attend(AttentionSpec spec, float[] query, float[] key, float[] value) {
        ReferenceAttention attention = new ReferenceAttention(
                spec,
                HostRows.dense(query, spec.heads(), spec.queryLength(), spec.headDim()),
                HostRows.dense(key, spec.kvHeads(), spec.keyLength(), spec.headDim()),
                HostRows.dense(value, spec.kvHeads(), spec.keyLength(), spec.valueDim()));
        double[] out = new double[Math.toIntExact(spec.outElements())];
        double[] lse = new double[Math.toIntExact(spec.lseElements())];
        IntStream.range(0, lse.length).parallel().forEach(index -> {
            double[] row = new double[spec.valueDim()];
            lse[index] = attention.row(index, row);
            System.arraycopy(row, 0, out, index * spec.valueDim(), row.length);
        });
        return new Result(out, lse);
    }

    /** Computes all rows on a team's threads, rounded to float at the end; {@code lse} is null when not asked for. */
    static void attend(
            AttentionSpec spec, Team team, HostRows query, HostRows key, HostRows value, HostRows out, HostRows lse) {
        ReferenceAttention attention = new ReferenceAttention(spec, query, key, value);
        int length = spec.queryLength();
        team.run(Math.toIntExact((long) spec.batch() * spec.heads() * length), next -> {
            double[] exact = new double[spec.valueDim()];
            float[] rounded = new float[spec.valueDim()];
            for (int index = next.getAsInt(); index >= 0; index = next.getAsInt()) {
                int batch = index / length / spec.heads();
                int head = index / length % spec.heads();
                float[] logarithm = {(float) attention.row(index, exact)};
                for (int d = 0; d < exact.length; d++) {
                    rounded[d] = (float) exact[d];
                }
                out.write(out.at(batch, head, index % length), rounded, 0, rounded.length);
                if (lse != null) {
                    lse.write(lse.at(batch, head, index % length), logarithm, 0, 1);
                }
            }
        });
    }

    /**
     * Computes one row.
     *
     * @param index counts the rows of [batch, heads, queryLength]
     * @param out receives valueDim elements
     * @return the row's log-sum-exp
     */
    double row(int index, double[] out) {
        int row = index % spec.queryLength();
        int head = index / spec.queryLength() % spec.heads();
        int batch = index / spec.queryLength() / spec.heads();
        int kvHead = head / spec.groupSize();
        double[] weight = new double[visible.end(row)];

        double max = scores(batch, head, kvHead, row, weight);
        Arrays.fill(out, 0);
        if (max == Double.NEGATIVE_INFINITY) {
            return Double.NEGATIVE_INFINITY;
        }
        double sum = 0;
        for (int j = 0; j < weight.length; j++) {
            weight[j] = Math.exp(weight[j] - max);
            sum += weight[j];
        }
        weightedValues(batch, kvHead, weight, sum, out);
        return max + Math.log(sum);
    }

    /** Fills in the scores of the keys seen; returns the largest, NaN if there is one, −∞ if no key is seen. */
    private double scores(int batch, int head, int kvHead, int row, double[] score) {
        float[] q = new float[spec.headDim()];
        float[] k = new float[spec.headDim()];
        query.read(query.at(batch, head, row), q, 0, q.length);
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < score.length; j++) {
            key.read(key.at(batch, kvHead, j), k, 0, k.length);
            double dot = 0;
            for (int d = 0; d < q.length; d++) {
                dot += (double) q[d] * k[d];
            }
            score[j] = spec.scale() * dot;
            max = Math.max(max, score[j]);
        }
        return max;
    }

    private void weightedValues(int batch, int kvHead, double[] weight, double sum, double[] out) {
        float[] v = new float[spec.valueDim()];
        for (int j = 0; j < weight.length; j++) {
            value.read(value.at(batch, kvHead, j), v, 0, v.length);
            for (int d = 0; d < v.length; d++) {
                out[d] += weight[j] * v[d];
            }
        }
        for (int d = 0; d < out.length; d++) {
            out[d] /= sum;
        }
    }
}
