package io.github.attention4j.internal.java.reference;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.steps.PairFunction;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;
import java.util.Map;

/** Sums of what pairs add to the gradients of tensors that the score function reads. For one thread. */
final class TensorGradients {
    private static final int RESULTS_OF_READ = CallTensor.RANK + 1;

    /** Of each tensor its reads and sums; null where no gradient is asked for. */
    private final Expression[] reads = new Expression[CallTensor.MOST];

    private final PairFunction[] functions = new PairFunction[CallTensor.MOST];
    private final double[][] sums = new double[CallTensor.MOST][];
    private final TensorSpec[] shapes = new TensorSpec[CallTensor.MOST];

    TensorGradients(AttentionSpec spec, Operands operands) {
        for (int i = 0; i < CallTensor.MOST; i++) {
            Operand gradient = OperandTable.gradientOf(OperandTable.scoreTensor(i));
            if (spec.has(gradient)) {
                shapes[i] = spec.operand(gradient);
                sums[i] = new double[Math.toIntExact(shapes[i].elements())];
                reads[i] = spec.score() == null ? null : spec.score().derivatives(i);
                functions[i] = PairFunction.of(reads[i], spec, operands);
            }
        }
    }

    void start(Sequence sequence, int head) {
        for (PairFunction function : functions) {
            if (function != null) {
                function.start(sequence, head);
            }
        }
    }

    /** Takes a pair, with the score before the function and the gradient of the one after it. */
    void add(int query, int key, double score, double gradScore) {
        for (int i = 0; i < functions.length; i++) {
            if (functions[i] != null) {
                functions[i].compute(score, query, key);
                for (int read = 0; read < reads[i].results().size(); read += RESULTS_OF_READ) {
                    sums[i][at(i, read)] += gradScore * functions[i].number(read + RESULTS_OF_READ - 1);
                }
            }
        }
    }

    private int at(int tensor, int read) {
        TensorSpec shape = shapes[tensor];
        int[] sizes = {shape.batch(), shape.heads(), shape.rows(), shape.columns()};
        int at = 0;
        for (int d = 0; d < sizes.length; d++) {
            at = at * sizes[d] + Sequence.clamp(functions[tensor].integer(read + d), sizes[d] - 1);
        }
        return at;
    }

    /** Adds the sums to those of all. */
    void addTo(Map<Operand, double[]> all) {
        for (int i = 0; i < sums.length; i++) {
            if (sums[i] != null) {
                double[] to = all.get(OperandTable.gradientOf(OperandTable.scoreTensor(i)));
                for (int at = 0; at < to.length; at++) {
                    to[at] += sums[i][at];
                }
            }
        }
    }
}
