package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;

/**
 * Gradients of what a head has one of, sink, slope and vector: each work item has sums of its own, which are put
 * together in their order at the end.
 */
final class GradientHeads {
    private final AttentionSpec spec;
    private final Operands operands;
    private final GradientTiles tiles;

    /** [batch, head, share], null if they are not wanted; of a sink only share 0. */
    private final double[] sinks;

    private final double[] slopes;

    /** Likewise, headDim numbers each. */
    private final double[] vectors;

    GradientHeads(AttentionSpec spec, Operands operands, GradientTiles tiles) {
        this.spec = spec;
        this.operands = operands;
        this.tiles = tiles;
        sinks = sums(Operand.GRAD_SINK);
        slopes = sums(Operand.GRAD_ALIBI_SLOPES);
        vectors = sums(Operand.GRAD_ADDITIVE_VECTOR);
    }

    private double[] sums(Operand operand) {
        if (!spec.has(operand)) {
            return null;
        }
        long count = (long) spec.batch() * spec.heads() * tiles.shares();
        return new double[Math.toIntExact(count * spec.operand(operand).columns())];
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
    void addSlope(int batch, int head, int share, GradientPairs pairs, int panel) {
        if (slopes != null) {
            slopes[at(batch, head, share)] += pairs.gradSlope(panel);
        }
    }

    /** Takes what some pairs say about the vector of additive scores; not yet times the scale. */
    void addVector(int batch, int head, int share, float[] vector) {
        for (int d = 0; d < vector.length && vectors != null; d++) {
            vectors[at(batch, head, share) * vector.length + d] += vector[d] * (double) spec.scale();
        }
    }

    /** Writes the sums of all work items. */
    void write() {
        write(Operand.GRAD_SINK, sinks);
        write(Operand.GRAD_ALIBI_SLOPES, slopes);
        write(Operand.GRAD_ADDITIVE_VECTOR, vectors);
    }

    private void write(Operand operand, double[] sums) {
        if (sums == null) {
            return;
        }
        TensorSpec shape = spec.operand(operand);
        int columns = shape.columns();
        GradientRows rows = new GradientRows(spec, columns);
        Rows target = operands.get(operand);
        for (int i = 0; i < shape.batch() * spec.heads(); i++) {
            int batch = i / spec.heads();
            int head = i % spec.heads();
            double[] sum = new double[columns];
            for (int entry = batch; entry < spec.batch(); entry += shape.batch()) {
                for (int from = at(entry, head, 0) * columns;
                        from < at(entry, head + 1, 0) * columns;
                        from += columns) {
                    add(sums, from, sum);
                }
            }
            rows.write(target, target.at(batch, head, 0), sum, columns);
        }
    }

    private static void add(double[] sums, int from, double[] sum) {
        for (int d = 0; d < sum.length; d++) {
            sum[d] += sums[from + d];
        }
    }
}
