package io.github.attention4j.internal.java.reference;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.steps.MaskRow;
import io.github.attention4j.internal.java.steps.Score;
import io.github.attention4j.internal.java.steps.Softmax;
import java.util.Arrays;

/**
 * The scores of one query in double precision, brought from one {@link ScoreStage} to the next: the definition of what
 * the kernels do in tiles. For one thread; a query after the other.
 */
final class ScoreRow {
    /** Of each key of the entry: the score, at last the weight. */
    final double[] scores;

    /** Of each key of the entry: whether the query sees it. */
    final boolean[] seen;

    private final AttentionSpec spec;
    private final Operands operands;
    private final RotaryTable rotary;
    final Score score;
    private final float[] row;
    /** The row of the query, rotated if asked for. */
    final double[] query;

    /** Likewise that of the key that was read last. */
    final double[] key;

    /** What is summed up to the dot product; null unless scores are additive: the vector, and tanh(query + key). */
    private final float[] vector;

    private final float[] terms;
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
        vector = spec.has(Operand.ADDITIVE_VECTOR) ? new float[spec.headDim()] : null;
        score = new Score(spec, operands, spec.keyLength());
        terms = new float[spec.keyLength()];
        scores = new double[spec.keyLength()];
        seen = new boolean[spec.keyLength()];
    }

    /** Begins with a query: finds out which keys it sees. */
    void start(Sequence sequence, int head, int index) {
        this.sequence = sequence;
        this.head = head;
        this.index = index;
        MaskRow visible = new MaskRow(spec, operands, sequence);
        int begin = visible.begin(head, index);
        int end = visible.end(head, index);
        for (int j = 0; j < sequence.keys; j++) {
            seen[j] = begin <= j && j < end;
        }
        score.start(sequence, head);
        if (score.readTerms(index, terms, sequence.keys)) {
            for (int j = 0; j < sequence.keys; j++) {
                seen[j] &= terms[j] != Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Brings the scores to a stage. */
    void compute(ScoreStage stage) {
        boolean isMasked = stage == ScoreStage.MASKED || stage == ScoreStage.WEIGHTS;
        loadQuery();
        for (int j = 0; j < sequence.keys; j++) {
            if (isMasked && !seen[j]) {
                scores[j] = Double.NEGATIVE_INFINITY;
            } else {
                scores[j] = score.ofPair(dot(j), index, j, terms[j], stage);
            }
        }
        if (stage == ScoreStage.WEIGHTS) {
            weigh();
        }
    }

    private void load(Rows rows, int head, int index, double[] target) {
        rows.readRow(sequence.batch, head, index, row, 0, row.length);
        for (int d = 0; d < row.length; d++) {
            target[d] = row[d];
        }
    }

    private void loadQuery() {
        load(operands.get(Operand.QUERY), head, sequence.firstQuery + index, query);
        if (rotary != null) {
            rotary.rotate(query, RotaryTable.ofQuery(operands, sequence, index));
        }
        if (vector != null) {
            Rows vectors = operands.get(Operand.ADDITIVE_VECTOR);
            vectors.read(vectors.at(0, head, 0), vector, 0, vector.length);
        }
    }

    /** Reads a key; returns what stands for its dot product with the query. */
    double dot(int j) {
        load(operands.get(Operand.KEY), head / spec.groupSize(), sequence.firstKey + j, key);
        if (rotary != null) {
            rotary.rotate(key, RotaryTable.ofKey(operands, sequence, j));
        }
        double dot = 0;
        for (int d = 0; d < query.length; d++) {
            dot += vector == null ? query[d] * key[d] : vector[d] * Math.tanh(query[d] + key[d]);
        }
        return dot;
    }

    /** The element d of the vector of additive scores. */
    double vector(int d) {
        return vector[d];
    }

    double sink() {
        Rows sinks = operands.get(Operand.SINK);
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
        double sum = Softmax.weigh(scores, seen, sequence.keys, max, Math.exp(sink - max));
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
