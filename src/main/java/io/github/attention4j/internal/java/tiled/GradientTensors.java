package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.CallTensor;
import java.util.Arrays;

/**
 * Gradients of tensors that the user's score function reads: each work item has sums of its own, which are put together
 * in their order at the end.
 */
final class GradientTensors {
    private final AttentionSpec spec;
    private final Operands operands;

    /** [tensor][item], null for a tensor whose gradient is not wanted, and for an item that has no pair. */
    private final double[][][] sums = new double[CallTensor.MOST][][];

    GradientTensors(AttentionSpec spec, Operands operands, int items) {
        this.spec = spec;
        this.operands = operands;
        for (int tensor = 0; tensor < sums.length; tensor++) {
            sums[tensor] = spec.has(gradient(tensor)) ? new double[items][] : null;
        }
    }

    private static Operand gradient(int tensor) {
        return OperandTable.gradientOf(OperandTable.scoreTensor(tensor));
    }

    /** Takes what the pairs that an item just computed say. */
    void add(int item, GradientPairs pairs, int panel) {
        for (int tensor = 0; tensor < sums.length; tensor++) {
            double[][] of = sums[tensor];
            if (of != null) {
                if (of[item] == null) {
                    of[item] = new double
                            [Math.toIntExact(spec.operand(gradient(tensor)).elements())];
                }
                pairs.addReads(panel, tensor, of[item]);
            }
        }
    }

    /** Writes the sums of all work items, and forgets them: other calls may follow. */
    void write() {
        for (int tensor = 0; tensor < sums.length; tensor++) {
            if (sums[tensor] != null) {
                write(operands.get(gradient(tensor)), spec.operand(gradient(tensor)), sums[tensor]);
                sums[tensor] = null;
            }
        }
    }

    private void write(Rows target, TensorSpec shape, double[][] ofItems) {
        GradientRows rows = new GradientRows(spec, shape.columns());
        double[] sum = new double[shape.columns()];
        for (int row = 0; row < shape.batch() * shape.heads() * shape.rows(); row++) {
            Arrays.fill(sum, 0);
            for (double[] of : ofItems) {
                for (int column = 0; column < sum.length && of != null; column++) {
                    sum[column] += of[row * sum.length + column];
                }
            }
            int head = row / shape.rows();
            int at = target.at(head / shape.heads(), head % shape.heads(), row % shape.rows());
            rows.write(target, at, sum, sum.length);
        }
    }
}
