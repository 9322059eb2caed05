package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;

/**
 * Gradients of what a head has one of, sink and slope: each work item has sums of its own, which are put together in
 * their order at the end.
 */
final class GradientHeads {
    private final AttentionSpec spec;
    private final Operands operands;
    private final GradientTiles tiles;

    /** [batch, head, share], null if they are not wanted; of a sink only share 0. */
    private final double[] sinks;

    private final double[] slopes;

    GradientHeads(AttentionSpec spec, Operands operands, GradientTiles tiles) {
        this.spec = spec;
        this.operands = operands;
        this.tiles = tiles;
        sinks = sums(Operand.GRAD_SINK);
        slopes = sums(Operand.GRAD_ALIBI_SLOPES);
    }

    private double[] sums(Operand operand) {
        int count = Math.multiplyExact(spec.batch(), Math.multiplyExact(spec.heads(), tiles.shares()));
        return spec.has(operand) ? new double[count] : null;
    }

    private int at(int batch, int head, int share) {
        return (batch * spec.heads() + head) * tiles.shares() + share;
    }

    /** Takes what the queries of a head say about its sink. */
    void addSink(int batch, HeadRows rows) {
        if (sinks != null) {
            float sink = operands.get(Operand.SINK).number(0, rows.head, 0);
            sinks[at(batch, rows.head, 0)] = rows.gradSink(sink);
        }
    }

    /** Takes what the pairs that were just computed say about their head's slope. */
    void addSlope(Sequence sequence, int head, int share, GradientPairs pairs, int panel) {
        if (slopes != null) {
            slopes[at(sequence.batch, head, share)] += pairs.gradSlope(panel);
        }
    }

    /** Writes the sums of all work items. */
    void write() {
        write(Operand.GRAD_SINK, sinks);
        write(Operand.GRAD_ALIBI_SLOPES, slopes);
    }

    private void write(Operand operand, double[] sums) {
        if (sums == null) {
            return;
        }
        GradientRows rows = new GradientRows(spec, 1);
        Rows target = operands.get(operand);
        TensorSpec shape = spec.operand(operand);
        for (int batch = 0; batch < shape.batch(); batch++) {
            for (int head = 0; head < spec.heads(); head++) {
                double[] sum = new double[1];
                for (int entry = batch; entry < spec.batch(); entry += shape.batch()) {
                    for (int share = 0; share < tiles.shares(); share++) {
                        sum[0] += sums[at(entry, head, share)];
                    }
                }
                rows.write(target, target.at(batch, head, 0), sum, 1);
            }
        }
    }
}
