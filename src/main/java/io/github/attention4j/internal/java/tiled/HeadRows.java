package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.steps.MaskRow;

/** What is known of a head's queries before their pairs are: which keys they see, their lse and delta. */
final class HeadRows {
    final int head;
    final MaskRows seen;
    final float[] lse;

    /** gradOut · out − gradLse; 0 where lse is −∞, for that query sees nothing. */
    final float[] delta;

    /** @param block queries that {@link #seen} is asked about together */
    HeadRows(AttentionSpec spec, Operands operands, Sequence sequence, int head, int block) {
        this.head = head;
        lse = new float[sequence.queries];
        delta = new float[sequence.queries];
        readRows(spec, operands, sequence);
        int blocks = (sequence.queries + block - 1) / block;
        seen = new MaskRows(blocks * block, block);
        seen.start(new MaskRow(spec, operands, sequence), head, 0, sequence.queries, this::isBlind);
    }

    private boolean isBlind(int query) {
        return lse[query] == Float.NEGATIVE_INFINITY;
    }

    private void readRows(AttentionSpec spec, Operands operands, Sequence sequence) {
        Rows logarithms = operands.get(Operand.LSE);
        Rows gradLogarithms = operands.get(Operand.GRAD_LSE);
        float[] out = new float[spec.valueDim()];
        float[] gradOut = new float[spec.valueDim()];
        for (int i = 0; i < lse.length; i++) {
            int row = sequence.firstQuery + i;
            logarithms.read(logarithms.at(sequence.batch, head, row), lse, i, 1);
            if (!isBlind(i)) {
                operands.get(Operand.OUT).readRow(sequence.batch, head, row, out, 0, out.length);
                operands.get(Operand.GRAD_OUT).readRow(sequence.batch, head, row, gradOut, 0, gradOut.length);
                double sum = gradLogarithms == null ? 0 : -gradLogarithms.number(sequence.batch, head, row);
                for (int d = 0; d < out.length; d++) {
                    sum += (double) gradOut[d] * out[d];
                }
                delta[i] = (float) sum;
            }
        }
    }

    /** The gradient of a sink, in whose place no value is. */
    double gradSink(float sink) {
        double sum = 0;
        for (int i = 0; i < lse.length; i++) {
            if (!isBlind(i)) {
                sum -= Math.exp((double) sink - lse[i]) * delta[i];
            }
        }
        return sum;
    }
}
