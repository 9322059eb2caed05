package io.github.attention4j.internal.java.reference;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.internal.java.memory.HostRows;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.steps.VisibleKeys;
import java.util.Arrays;

/**
 * The scores of one query in double precision, brought from one {@link ScoreStage} to the next: the definition of what the kernels do in
 * tiles. For one thread; a query after the other.
 */
final class ScoreRow {
    /** Of each key of the entry: the score, at last the weight. */
    final double[] scores;

    /** Of each key of the entry: whether the query sees it. */
    final boolean[] seen;

    private final AttentionSpec spec;
    private final Operands operands;
    private final RotaryTable rotary;
    private final float[] row;
    private final double[] query;
    private final double[] key;
    private final float[] bias;
    private Sequence sequence;
    private int head;
    private int index;

    ScoreRow(AttentionSpec spec, Operands operands) {
        this.spec = spec;
        this.operands = operands;
        rotary = RotaryTable.of(spec.rotary(), operands);
        row = new float[spec.headDim()];
        query = new double[spec.headDim()];
        key = new double[spec.headDim()];
        bias = new float[spec.keyLength()];
        scores = new double[spec.keyLength()];
        seen = new boolean[spec.keyLength()];
    }

    /** Begins with a query: finds out which keys it sees. */
    void start(Sequence sequence, int head, int index) {
        this.sequence = sequence;
        this.head = head;
        this.index = index;
        VisibleKeys visible = new VisibleKeys(spec, operands, sequence);
        int begin = visible.begin(head, index);
        int end = visible.end(head, index);
        for (int j = 0; j < sequence.keys; j++) {
            seen[j] = begin <= j && j < end;
        }
        hide(Operand.KEEP_MASK, 0);
        hide(Operand.BIAS, Float.NEGATIVE_INFINITY);
    }

    private void hide(Operand operand, float hides) {
        if (readBias(operand)) {
            for (int j = 0; j < sequence.keys; j++) {
                seen[j] &= bias[j] != hides;
            }
        }
    }

    private boolean readBias(Operand operand) {
        HostRows rows = operands.get(operand);
        if (rows != null && sequence.keys > 0) {
            rows.read(rows.at(sequence.batch, head, index), 0, bias, 0, sequence.keys);
        }
        return rows != null;
    }

    /** Brings the scores to a stage. */
    void compute(ScoreStage stage) {
        scale(stage == ScoreStage.SCALED || stage == ScoreStage.CAPPED);
        if (stage != ScoreStage.SCALED && spec.softcap() > 0) {
            cap();
        }
        if (stage == ScoreStage.MASKED || stage == ScoreStage.WEIGHTS) {
            addBias();
            addAlibi();
            mask();
        }
        if (stage == ScoreStage.WEIGHTS) {
            weigh();
        }
    }

    private void scale(boolean hiddenToo) {
        HostRows queries = operands.get(Operand.QUERY);
        HostRows keys = operands.get(Operand.KEY);
        int kvHead = head / spec.groupSize();
        load(queries, head, sequence.firstQuery + index, query);
        if (rotary != null) {
            rotary.rotate(query, RotaryTable.ofQuery(operands, sequence, index));
        }
        for (int j = 0; j < sequence.keys; j++) {
            if (hiddenToo || seen[j]) {
                load(keys, kvHead, sequence.firstKey + j, key);
                if (rotary != null) {
                    rotary.rotate(key, RotaryTable.ofKey(operands, sequence, j));
                }
                scores[j] = inRange(spec.scale() * dot());
            }
        }
    }

    private void load(HostRows rows, int head, int index, double[] target) {
        rows.readRow(sequence.batch, head, index, row, 0, row.length);
        for (int d = 0; d < row.length; d++) {
            target[d] = row[d];
        }
    }

    private double dot() {
        double dot = 0;
        for (int d = 0; d < query.length; d++) {
            dot += query[d] * key[d];
        }
        return dot;
    }

    /** What is rounded to no finite float counts as infinite, as it is for everything that computes in floats. */
    private static double inRange(double score) {
        return Float.isInfinite((float) score) ? score * Double.POSITIVE_INFINITY : score;
    }

    private void cap() {
        double cap = spec.softcap();
        for (int j = 0; j < sequence.keys; j++) {
            scores[j] = cap * Math.tanh(scores[j] / cap);
        }
    }

    private void addBias() {
        if (readBias(Operand.BIAS)) {
            for (int j = 0; j < sequence.keys; j++) {
                scores[j] = inRange(scores[j] + bias[j]);
            }
        }
    }

    private void addAlibi() {
        HostRows slopes = operands.get(Operand.ALIBI_SLOPES);
        if (slopes != null) {
            double slope = slopes.number(sequence.batch, head, 0);
            for (int j = 0; j < sequence.keys; j++) {
                long distance = Math.abs((long) index + sequence.shift() - j);
                scores[j] = inRange(scores[j] - slope * distance);
            }
        }
    }

    private void mask() {
        for (int j = 0; j < sequence.keys; j++) {
            scores[j] = seen[j] ? scores[j] : Double.NEGATIVE_INFINITY;
        }
    }

    private double sink() {
        HostRows sinks = operands.get(Operand.SINK);
        return sinks == null ? Double.NEGATIVE_INFINITY : sinks.number(0, head, 0);
    }

    /** The largest score; NaN if there is one, −∞ if there is none. */
    double largest() {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < sequence.keys; j++) {
            max = Math.max(max, scores[j]);
        }
        return max;
    }

    /** Turns masked scores into weights; returns the logarithm of their denominator. */
    double weigh() {
        double sink = sink();
        double max = Math.max(largest(), sink);
        if (max == Double.NEGATIVE_INFINITY) {
            Arrays.fill(scores, 0, sequence.keys, 0);
            return max;
        }
        double sum = Math.exp(sink - max);
        for (int j = 0; j < sequence.keys; j++) {
            scores[j] = seen[j] ? Math.exp(scores[j] - max) : 0;
            sum += scores[j];
        }
        for (int j = 0; j < sequence.keys; j++) {
            scores[j] = seen[j] ? scores[j] / sum : 0; // what is hidden is 0 in a row of NaN, too
        }
        return max + Math.log(sum);
    }

    /** Fills in what stands for keys that the entry does not have. */
    void pad() {
        boolean weights = spec.scoreStage() == ScoreStage.WEIGHTS;
        Arrays.fill(scores, sequence.keys, scores.length, weights ? 0 : Double.NEGATIVE_INFINITY);
    }
}
