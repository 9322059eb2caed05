package io.github.attention4j.internal.java.steps;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.score.CallTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What functions of scores read of a call: numbers, and tensors at indices that are clamped. For one thread. */
final class CallNumbers {
    private final float[] numbers;
    private final List<Rows> tensors = new ArrayList<>();
    private final List<TensorSpec> shapes = new ArrayList<>();
    private final float[] one = new float[1];

    CallNumbers(AttentionSpec spec, Operands operands) {
        Rows given = operands.get(Operand.SCORE_NUMBERS);
        numbers = new float
                [given == null ? 0 : spec.operand(Operand.SCORE_NUMBERS).columns()];
        if (given != null) {
            given.read(given.at(0, 0, 0), numbers, 0, numbers.length);
        }
        for (int i = 0; i < CallTensor.MOST; i++) {
            Operand operand = OperandTable.scoreTensor(i);
            tensors.add(operands.get(operand));
            shapes.add(spec.has(operand) ? spec.operand(operand) : null);
        }
    }

    float number(int index) {
        return numbers[index];
    }

    /** How many elements a tensor has along each dimension. */
    int[] sizes(int tensor) {
        TensorSpec shape = shapes.get(tensor);
        return new int[] {shape.batch(), shape.heads(), shape.rows(), shape.columns()};
    }

    /** How many elements a tensor has. */
    int elements(int tensor) {
        return Math.toIntExact(shapes.get(tensor).elements());
    }

    /** Where an element is in its tensor, which is dense. */
    int at(int tensor, int i, int j, int k, int l) {
        TensorSpec shape = shapes.get(tensor);
        int row = Sequence.clamp(i, shape.batch() - 1) * shape.heads() + Sequence.clamp(j, shape.heads() - 1);
        return (row * shape.rows() + Sequence.clamp(k, shape.rows() - 1)) * shape.columns()
                + Sequence.clamp(l, shape.columns() - 1);
    }

    /** {@link #at} for many indices at once; {@code to} gets them. */
    void at(int tensor, int[][] indices, int[] to, int count) {
        at(tensor, indices, to, 0, count);
    }

    /** Likewise of {@code count} indices from {@code first} on. */
    void at(int tensor, int[][] indices, int[] to, int first, int count) {
        int[] sizes = sizes(tensor);
        Arrays.fill(to, first, first + count, 0);
        for (int dimension = 0; dimension < sizes.length; dimension++) {
            int size = sizes[dimension];
            int[] index = indices[dimension];
            for (int i = first; i < first + count && size > 1; i++) {
                to[i] = to[i] * size + Math.max(0, Math.min(size - 1, index[i]));
            }
        }
    }

    /** Elements of many places at once. */
    void elements(int tensor, int[] at, float[] to, int start, int count) {
        float[] floats = tensors.get(tensor).floats;
        for (int i = 0; i < count; i++) {
            to[start + i] = floats != null ? floats[at[i]] : element(tensor, at[i]);
        }
    }

    /** Integers of many places at once. */
    void integers(int tensor, int[] at, int[] to, int count) {
        boolean isOfIntegers = isOfIntegers(tensor);
        Rows rows = tensors.get(tensor);
        for (int i = 0; i < count; i++) {
            to[i] = isOfIntegers ? rows.integerAt(at[i]) : (int) element(tensor, at[i]);
        }
    }

    float element(int tensor, int at) {
        Rows rows = tensors.get(tensor);
        if (rows.floats != null) {
            return rows.floats[at];
        }
        if (isOfIntegers(tensor)) {
            return rows.integerAt(at);
        }
        rows.read(at, one, 0, 1);
        return one[0];
    }

    int integer(int tensor, int at) {
        return isOfIntegers(tensor) ? tensors.get(tensor).integerAt(at) : (int) element(tensor, at);
    }

    private boolean isOfIntegers(int tensor) {
        return shapes.get(tensor).dtype() == DType.I32;
    }
}
