package io.github.attention4j.internal.java.reference;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.threads.Threads;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The definition: exact attention in double precision, row by row in plain passes. Slow, and what everything else is
 * tested against.
 *
 * <p>For a query that sees the keys {@code J}, with scores as {@link ScoreRow} computes them: {@code max} the largest
 * of them and the sink, {@code sum = Σ_J exp(score[j] − max) + exp(sink − max)}, {@code out = Σ_J exp(score[j] − max) ·
 * v[j] / sum} and {@code lse = max + ln sum}. A query that sees no key, or only scores of −∞, has {@code out = 0} and
 * {@code lse = sink}, −∞ if there is none. Other keys and values do not matter, whatever they hold, and beyond the keys
 * of an entry they are not even read.
 */
public final class ReferenceAttention {
    private final AttentionSpec spec;
    private final Operands operands;

    public ReferenceAttention(AttentionSpec spec, Operands operands) {
        this.spec = spec;
        this.operands = operands;
    }

    /**
     * What a call gives before it is rounded, dense in the order [batch, head, row, column] whatever the layout of the
     * operands. Rows that belong to no entry of a ragged batch are 0.
     *
     * @param out the shape of {@link Operand#OUT}
     * @param lse one for each row of out, natural logarithms, asked for or not
     * @param scores the shape of {@link Operand#SCORES}, or null if the spec does not ask for them
     */
    public record Result(double[] out, double[] lse, double[] scores) {}

    /** Computes a call with no operands but dense queries, keys and values in floats. */
    public static Result attend(AttentionSpec spec, float[] query, float[] key, float[] value) {
        return attend(
                spec,
                new AttentionArrays()
                        .with(Operand.QUERY, query)
                        .with(Operand.KEY, key)
                        .with(Operand.VALUE, value));
    }

    /**
     * Computes all rows on the common pool.
     *
     * @param inputs all inputs of the spec; outputs are ignored
     */
    public static Result attend(AttentionSpec spec, AttentionArrays inputs) {
        Operands operands = Operands.of(spec, inputs);
        ReferenceAttention attention = new ReferenceAttention(spec, operands);
        TensorSpec shape = spec.operand(Operand.OUT);
        int heads = spec.heads();
        double[] out = new double[Math.toIntExact(shape.elements())];
        double[] lse = new double[out.length / spec.valueDim()];
        double[] scores = spec.has(Operand.SCORES)
                ? new double[Math.toIntExact(spec.operand(Operand.SCORES).elements())]
                : null;
        IntStream.range(0, spec.batch() * heads).parallel().forEach(index -> {
            Sequence sequence = new Sequence(spec, operands, index / heads);
            int head = index % heads;
            int entry = shape.batch() == 1 ? 0 : sequence.batch;
            Row row = attention.new Row();
            for (int i = 0; i < sequence.queries; i++) {
                int to = (entry * heads + head) * shape.rows() + sequence.firstQuery + i;
                lse[to] = row.compute(sequence, head, i);
                System.arraycopy(row.out, 0, out, to * spec.valueDim(), spec.valueDim());
                if (scores != null) {
                    row.computeScores(sequence, head, i);
                    int from = (index * spec.queryLength() + i) * spec.keyLength();
                    System.arraycopy(row.scores.scores, 0, scores, from, spec.keyLength());
                }
            }
        });
        return new Result(out, lse, scores);
    }

    /** Computes out and lse on these threads, rounded to the types of the operands at the end. */
    public void attend(Threads threads) {
        Rows outs = operands.get(Operand.OUT);
        Rows logarithms = operands.get(Operand.LSE);
        int length = spec.queryLength();
        threads.run(Math.toIntExact((long) spec.batch() * spec.heads() * length), next -> {
            Row row = new Row();
            float[] rounded = new float[spec.valueDim()];
            float[] logarithm = new float[1];
            for (int index = next.getAsInt(); index >= 0; index = next.getAsInt()) {
                int i = index % length;
                int head = index / length % spec.heads();
                Sequence sequence = new Sequence(spec, operands, index / length / spec.heads());
                if (i >= sequence.queries) {
                    continue;
                }
                logarithm[0] = (float) row.compute(sequence, head, i);
                for (int d = 0; d < rounded.length; d++) {
                    rounded[d] = (float) row.out[d];
                }
                outs.write(outs.at(sequence.batch, head, sequence.firstQuery + i), rounded, 0, rounded.length);
                if (logarithms != null) {
                    logarithms.write(logarithms.at(sequence.batch, head, sequence.firstQuery + i), logarithm, 0, 1);
                }
            }
        });
    }

    /** Where one thread computes rows. */
    public final class Row {
        /** The row of {@link Operand#OUT}. */
        public final double[] out = new double[spec.valueDim()];

        /** The row of {@link Operand#SCORES}. */
        final ScoreRow scores = new ScoreRow(spec, operands);

        private final DropoutRow dropout = new DropoutRow(spec, operands);
        private final float[] value = new float[spec.valueDim()];

        /** Computes {@link #out}; returns the log-sum-exp. */
        public double compute(Sequence sequence, int head, int query) {
            scores.start(sequence, head, query);
            scores.compute(ScoreStage.MASKED);
            boolean nothing = scores.largest() == Double.NEGATIVE_INFINITY;
            double lse = scores.weigh();
            Arrays.fill(out, 0);
            Rows values = operands.get(Operand.VALUE);
            dropout.start(sequence, head, query);
            for (int j = 0; j < sequence.keys && !nothing; j++) {
                if (scores.seen[j]) {
                    int row = sequence.firstKey + j;
                    values.readRow(sequence.batch, head / spec.groupSize(), row, value, 0, value.length);
                    for (int d = 0; d < out.length; d++) {
                        out[d] += scores.scores[j] * dropout.factor(j) * value[d];
                    }
                }
            }
            return lse;
        }

        /** Computes {@link #scores} at the stage that the spec asks for. */
        void computeScores(Sequence sequence, int head, int query) {
            scores.start(sequence, head, query);
            scores.compute(spec.scoreStage());
            scores.pad();
        }
    }
}
