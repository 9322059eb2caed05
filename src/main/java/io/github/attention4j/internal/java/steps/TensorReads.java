package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.Operation;

/**
 * What a score function reads of a tensor whose gradient is asked for: of each pair of a tile the element, and the
 * derivative of the function by it, for each time it reads. For one thread.
 */
final class TensorReads {
    private static final int RESULTS_OF_READ = CallTensor.RANK + 1;

    private final int tensor;
    private final RowFunction function;
    private final CallNumbers call;
    private final Operation.Kind[] kinds;
    private final float[][] derivatives;
    private final int[][] indices;
    private int[] places = {};

    TensorReads(int tensor, AttentionSpec spec, Operands operands, StepLoops loops) {
        this.tensor = tensor;
        Expression reads = spec.score().derivatives(tensor);
        call = new CallNumbers(spec, operands);
        kinds = reads.results().stream().map(reads::kind).toArray(Operation.Kind[]::new);
        function = kinds.length == 0 ? null : new RowFunction(reads, spec, operands, loops);
        derivatives = new float[kinds.length][];
        indices = new int[kinds.length][];
    }

    void start(Sequence sequence, int head) {
        if (function != null) {
            function.start(sequence, head);
        }
    }

    /** Makes room for so many pairs. */
    void allocate(int pairs) {
        if (places.length < pairs) {
            places = new int[pairs];
            for (int i = 0; i < kinds.length; i++) {
                boolean isFloat = kinds[i] == Operation.Kind.FLOAT;
                derivatives[i] = isFloat ? new float[pairs] : null;
                indices[i] = isFloat ? null : new int[pairs];
            }
        }
    }

    /** Takes the scores of some pairs, as they are before the function. */
    void read(float[] scores, int at, int to, RowFunction.Pairs pairs) {
        if (function != null) {
            function.computeAll(scores, at, derivatives, indices, to, pairs);
        }
    }

    /**
     * Adds to the sums of the tensor's elements what some pairs of the tile say.
     *
     * @param gradScores of the pairs from {@code first} on; a pair with 0 says nothing, whatever its derivative is
     */
    void addTo(double[] sums, float[] gradScores, int first, int count) {
        int[][] of = new int[CallTensor.RANK][];
        for (int read = 0; read < kinds.length; read += RESULTS_OF_READ) {
            for (int d = 0; d < of.length; d++) {
                of[d] = indices[read + d];
            }
            call.at(tensor, of, places, first, count);
            float[] by = derivatives[read + RESULTS_OF_READ - 1];
            for (int i = 0; i < count; i++) {
                if (gradScores[i] != 0) {
                    sums[places[first + i]] += (double) gradScores[i] * by[first + i];
                }
            }
        }
    }
}
