package io.github.attention4j.internal.java.reference;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.RotaryTable;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.threads.Threads;
import io.github.attention4j.internal.operand.OperandTable;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The definition of gradients, in double precision, a pair of query and key after the other: the derivatives of
 * {@link ReferenceAttention}, as Dao, "FlashAttention-2" (2023), section 3.1.2, has them for plain attention.
 *
 * <p>For a query with the {@code lse}, {@code out}, {@code gradOut} and {@code gradLse} of its row, {@code delta = Σ_d
 * gradOut[d] · out[d] − gradLse}. For a key that it sees, {@code p = exp(score − lse)}, {@code z} what dropout
 * multiplies it by, and the score's gradient {@code p · (z · Σ_d gradOut[d] · value[d] − delta)}, which goes on to the
 * inputs of the score; the value's is {@code p · z · gradOut}. The sink's, in whose place no value is, is
 * {@code −exp(sink − lse) · delta}.
 */
public final class ReferenceGradients {
    private final AttentionSpec spec;
    private final Operands operands;
    private final Map<Operand, double[]> gradients = new EnumMap<>(Operand.class);

    /** Of each item its own sums, which are put together in their order; null where none are asked for. */
    private final TensorGradients[] tensors;

    public ReferenceGradients(AttentionSpec spec, Operands operands) {
        this.spec = spec;
        this.operands = operands;
        tensors = hasTensors(spec) ? new TensorGradients[items()] : null;
        for (Operand operand : Operand.values()) {
            if (spec.isOutput(operand)) {
                gradients.put(operand, new double[Math.toIntExact(shape(operand).elements())]);
            }
        }
    }

    /**
     * The gradients of a call before they are rounded, dense in the order [batch, head, row, column] whatever the
     * layout of the operands; nothing is added to.
     *
     * @param inputs all inputs of a spec of gradients; outputs are ignored
     */
    public static Map<Operand, double[]> of(AttentionSpec spec, AttentionArrays inputs) {
        ReferenceGradients all = new ReferenceGradients(spec, Operands.of(spec, inputs));
        IntStream items = IntStream.range(0, all.items());
        (all.areItemsApart() ? items.parallel() : items).forEach(all::compute);
        all.addTensors();
        return all.gradients;
    }

    /** Whether a spec asks for gradients of tensors that the score function reads. */
    private static boolean hasTensors(AttentionSpec spec) {
        for (Operand operand : Operand.values()) {
            if (OperandTable.isScoreTensorGradient(operand) && spec.has(operand)) {
                return true;
            }
        }
        return false;
    }

    private void addTensors() {
        for (int item = 0; tensors != null && item < tensors.length; item++) {
            tensors[item].addTo(gradients);
        }
    }

    private TensorSpec shape(Operand operand) {
        TensorSpec tensor = spec.operand(operand);
        return TensorSpec.dense(tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.columns());
    }

    /** Items are the key/value heads of the batch entries. */
    private int items() {
        return spec.batch() * spec.kvHeads();
    }

    /** What belongs to more than one key/value head is summed up by one thread, in order. */
    private boolean areItemsApart() {
        for (Operand operand : gradients.keySet()) {
            boolean isTensor = OperandTable.isScoreTensorGradient(operand);
            if (!isTensor
                    && operand != Operand.GRAD_QUERY
                    && operand != Operand.GRAD_KEY
                    && operand != Operand.GRAD_VALUE) {
                return false;
            }
        }
        return true;
    }

    /** Computes the gradients on these threads, rounded to the types of the operands at the end. */
    public void write(Threads threads) {
        Threads.Work work = next -> {
            for (int item = next.getAsInt(); item >= 0; item = next.getAsInt()) {
                compute(item);
            }
        };
        if (areItemsApart()) {
            threads.run(items(), work);
        } else {
            Threads.runAlone(items(), work);
        }
        addTensors();
        gradients.forEach(this::write);
    }

    private void write(Operand operand, double[] gradient) {
        TensorSpec shape = shape(operand);
        Rows target = operands.get(operand);
        boolean ragged = isRagged(operand);
        float[] row = new float[shape.columns()];
        for (int from = 0; from < gradient.length; from += row.length) {
            int r = from / row.length % shape.rows();
            int head = from / row.length / shape.rows() % shape.heads();
            int batch = from / row.length / shape.rows() / shape.heads();
            if (ragged && !isOfAnEntry(operand, r)) {
                continue;
            }
            int at = target.at(batch, head, r);
            if (spec.accumulates()) {
                target.read(at, row, 0, row.length);
            }
            for (int d = 0; d < row.length; d++) {
                row[d] = (float) (gradient[from + d] + (spec.accumulates() ? row[d] : 0));
            }
            target.write(at, row, 0, row.length);
        }
    }

    private boolean isRagged(Operand operand) {
        return switch (operand) {
            case GRAD_QUERY -> spec.has(Operand.QUERY_OFFSETS);
            case GRAD_KEY, GRAD_VALUE -> spec.has(Operand.KEY_OFFSETS);
            default -> false;
        };
    }

    private boolean isOfAnEntry(Operand operand, int row) {
        Operand offsets = operand == Operand.GRAD_QUERY ? Operand.QUERY_OFFSETS : Operand.KEY_OFFSETS;
        Rows rows = operands.get(offsets);
        for (int batch = 0; batch < spec.batch(); batch++) {
            if (rows.integer(batch, 0, 0) <= row && row < rows.integer(batch + 1, 0, 0)) {
                return true;
            }
        }
        return false;
    }

    private void compute(int item) {
        int kvHead = item % spec.kvHeads();
        Sequence sequence = new Sequence(spec, operands, item / spec.kvHeads());
        TensorGradients ofItem = tensors == null ? null : new TensorGradients(spec, operands);
        if (ofItem != null) {
            tensors[item] = ofItem;
        }
        Pass pass = new Pass(sequence, ofItem);
        for (int member = 0; member < spec.groupSize(); member++) {
            for (int i = 0; i < sequence.queries; i++) {
                pass.query(kvHead * spec.groupSize() + member, i);
            }
        }
        double[] ofKeys = gradients.get(Operand.GRAD_KEY);
        RotaryTable rotary = RotaryTable.of(spec.rotary(), operands);
        for (int j = 0; j < sequence.keys && rotary != null && ofKeys != null; j++) {
            rotary.rotateBack(ofKeys, pass.key(kvHead, j), RotaryTable.ofKey(operands, sequence, j));
        }
    }

    /** The queries of one batch entry, one after the other. */
    private final class Pass {
        private final Sequence sequence;
        private final ScoreRow scores = new ScoreRow(spec, operands);
        private final DropoutRow dropout = new DropoutRow(spec, operands);
        private final RotaryTable rotary = RotaryTable.of(spec.rotary(), operands);
        private final double[] ofQueries = gradients.get(Operand.GRAD_QUERY);
        private final double[] ofKeys = gradients.get(Operand.GRAD_KEY);
        private final double[] ofValues = gradients.get(Operand.GRAD_VALUE);
        private final double[] ofBias = gradients.get(Operand.GRAD_BIAS);
        private final double[] ofSlopes = gradients.get(Operand.GRAD_ALIBI_SLOPES);
        private final double[] ofSinks = gradients.get(Operand.GRAD_SINK);
        private final double[] ofVectors = gradients.get(Operand.GRAD_ADDITIVE_VECTOR);
        private final TensorGradients ofTensors;
        private final float[] out = new float[spec.valueDim()];
        private final float[] gradOut = new float[spec.valueDim()];
        private final float[] value = new float[spec.valueDim()];
        private int head;
        private int index;

        Pass(Sequence sequence, TensorGradients ofTensors) {
            this.sequence = sequence;
            this.ofTensors = ofTensors;
        }

        int key(int kvHead, int j) {
            return at(Operand.GRAD_KEY, kvHead, sequence.firstKey + j);
        }

        private int at(Operand gradient, int head, int row) {
            TensorSpec shape = spec.operand(gradient);
            int entry = shape.batch() == 1 ? 0 : sequence.batch;
            int ofHead = shape.heads() == 1 ? 0 : head;
            int ofRow = shape.rows() == 1 ? 0 : row;
            return ((entry * shape.heads() + ofHead) * shape.rows() + ofRow) * shape.columns();
        }

        void query(int head, int index) {
            this.head = head;
            this.index = index;
            int row = sequence.firstQuery + index;
            double lse = number(Operand.LSE, row);
            if (lse == Double.NEGATIVE_INFINITY) {
                return;
            }
            operands.get(Operand.OUT).readRow(sequence.batch, head, row, out, 0, out.length);
            operands.get(Operand.GRAD_OUT).readRow(sequence.batch, head, row, gradOut, 0, gradOut.length);
            double delta = -(operands.get(Operand.GRAD_LSE) == null ? 0 : number(Operand.GRAD_LSE, row));
            for (int d = 0; d < out.length; d++) {
                delta += (double) gradOut[d] * out[d];
            }
            scores.start(sequence, head, index);
            scores.compute(ScoreStage.MASKED);
            dropout.start(sequence, head, index);
            if (ofTensors != null) {
                ofTensors.start(sequence, head);
            }
            for (int j = 0; j < sequence.keys; j++) {
                if (scores.seen[j]) {
                    pair(j, Math.exp(scores.scores[j] - lse), delta);
                }
            }
            if (ofSinks != null) {
                ofSinks[head] -= Math.exp(scores.sink() - lse) * delta;
            }
            if (rotary != null && ofQueries != null) {
                int position = RotaryTable.ofQuery(operands, sequence, index);
                rotary.rotateBack(ofQueries, at(Operand.GRAD_QUERY, head, row), position);
            }
        }

        private double number(Operand operand, int row) {
            return operands.get(operand).number(sequence.batch, head, row);
        }

        /** All that a pair gives, of the weight {@code p}. */
        private void pair(int j, double p, double delta) {
            int kvHead = head / spec.groupSize();
            operands.get(Operand.VALUE).readRow(sequence.batch, kvHead, sequence.firstKey + j, value, 0, value.length);
            double factor = dropout.factor(j);
            double gradWeight = 0;
            for (int d = 0; d < value.length; d++) {
                gradWeight += (double) gradOut[d] * value[d];
            }
            if (ofValues != null) {
                int at = at(Operand.GRAD_VALUE, kvHead, sequence.firstKey + j);
                for (int d = 0; d < value.length; d++) {
                    ofValues[at + d] += p * factor * gradOut[d];
                }
            }
            double gradScore = p * (factor * gradWeight - delta);
            if (ofTensors != null && gradScore != 0) {
                ofTensors.add(index, j, scores.score.first(scores.dot(j)), gradScore);
            }
            if (ofBias != null) {
                boolean isOne = spec.operand(Operand.GRAD_BIAS).columns() == 1;
                ofBias[at(Operand.GRAD_BIAS, head, index) + (isOne ? 0 : j)] += gradScore;
            }
            if (ofSlopes != null) {
                ofSlopes[at(Operand.GRAD_ALIBI_SLOPES, head, 0)] += gradScore * scores.score.distance(index, j);
            }
            dot(j, gradScore * scores.score.slopeOfPair(scores.dot(j), index, j));
        }

        /** What the gradient of a dot product, or of what stands for it, gives; the key was read for it. */
        private void dot(int j, double gradDot) {
            int query = ofQueries == null ? 0 : at(Operand.GRAD_QUERY, head, sequence.firstQuery + index);
            int key = ofKeys == null ? 0 : key(head / spec.groupSize(), j);
            boolean isAdditive = spec.has(Operand.ADDITIVE_VECTOR);
            int vector = ofVectors == null ? 0 : at(Operand.GRAD_ADDITIVE_VECTOR, head, 0);
            for (int d = 0; d < spec.headDim(); d++) {
                double tanh = isAdditive ? Math.tanh(scores.query[d] + scores.key[d]) : 0;
                double slope = isAdditive ? scores.vector(d) * (1 - tanh * tanh) : 0;
                if (ofQueries != null) {
                    ofQueries[query + d] += gradDot * (isAdditive ? slope : scores.key[d]);
                }
                if (ofKeys != null) {
                    ofKeys[key + d] += gradDot * (isAdditive ? slope : scores.query[d]);
                }
                if (ofVectors != null) {
                    ofVectors[vector + d] += gradDot * tanh;
                }
            }
        }
    }
}
