package io.github.attention4j.bench.option;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import java.lang.reflect.Array;

/**
 * Moves query, key, value and out between [batch, heads, rows, columns] and the order in memory that a request wants, by that order's
 * definition and not by the strides in the spec, which are under test.
 */
public final class Placement {
    private Placement() {}

    /** Whether query, key and value of this problem are one array: {@link #packed}. */
    public static boolean isPacked(OptionProblem problem) {
        return problem.order() == Layout.Order.PACKED_QKV;
    }

    /** An input as the device wants it. */
    public static Object placed(OptionProblem problem, Operand operand) {
        Object dense = problem.array(operand);
        if (OperandTable.of(operand).role() != Role.MAIN || problem.order() == Layout.Order.BATCH_HEAD_ROW) {
            return dense;
        }
        TensorSpec tensor = problem.spec().operand(operand);
        Object target = like(dense, Array.getLength(dense));
        copy(tensor, dense, target, 0, tensor.heads() * tensor.columns(), true);
        return target;
    }

    /** Query, key and value as [batch, row, heads of query then key then value, column]. */
    public static Object packed(OptionProblem problem) {
        AttentionSpec spec = problem.spec();
        int queryWidth = spec.heads() * spec.headDim();
        int keyWidth = spec.kvHeads() * spec.headDim();
        int width = queryWidth + keyWidth + spec.kvHeads() * spec.valueDim();
        Object target = like(problem.array(Operand.QUERY), spec.batch() * spec.queryLength() * width);
        copy(spec.operand(Operand.QUERY), problem.array(Operand.QUERY), target, 0, width, true);
        copy(spec.operand(Operand.KEY), problem.array(Operand.KEY), target, queryWidth, width, true);
        copy(spec.operand(Operand.VALUE), problem.array(Operand.VALUE), target, queryWidth + keyWidth, width, true);
        return target;
    }

    /** The device's out as [batch, heads, rows, valueDim]. */
    public static float[] outOf(OptionProblem problem, float[] stored) {
        if (problem.order() == Layout.Order.BATCH_HEAD_ROW) {
            return stored;
        }
        TensorSpec tensor = problem.spec().operand(Operand.OUT);
        float[] out = new float[stored.length];
        copy(tensor, out, stored, 0, tensor.heads() * tensor.columns(), false);
        return out;
    }

    private static Object like(Object array, int length) {
        return Array.newInstance(array.getClass().getComponentType(), length);
    }

    /** Between a dense array and one of [batch, row, width], where the heads begin at column {@code at}. */
    private static void copy(TensorSpec tensor, Object dense, Object rows, int at, int width, boolean toRows) {
        int columns = tensor.columns();
        for (int b = 0; b < tensor.batch(); b++) {
            for (int h = 0; h < tensor.heads(); h++) {
                for (int r = 0; r < tensor.rows(); r++) {
                    int denseAt = ((b * tensor.heads() + h) * tensor.rows() + r) * columns;
                    int rowsAt = (b * tensor.rows() + r) * width + at + h * columns;
                    if (toRows) {
                        System.arraycopy(dense, denseAt, rows, rowsAt, columns);
                    } else {
                        System.arraycopy(rows, rowsAt, dense, denseAt, columns);
                    }
                }
            }
        }
    }
}
