package io.github.attention4j.onnx;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import java.util.Arrays;

/**
 * A tensor of ONNX in the host's memory.
 *
 * @param type the type of an element
 * @param dims the shape, outermost first
 * @param values the elements, row-major; a double holds those of any {@link OnnxType} (integers up to 2^53)
 */
record OnnxTensor(OnnxType type, int[] dims, double[] values) {
    /** The tolerances of ONNX's own test runner. */
    private static final double RELATIVE = 1e-3;

    private static final double ABSOLUTE = 1e-7;

    /** Checks that the shape fits the number of elements. */
    OnnxTensor {
        if (count(dims) != values.length) {
            throw new IllegalArgumentException(
                    "a tensor of shape " + Arrays.toString(dims) + " must not have " + values.length + " elements");
        }
    }

    /** A tensor with the values of an engine's array: {@code float[]}, or {@code short[]} of a 16-bit type. */
    static OnnxTensor of(OnnxType type, int[] dims, Object array) {
        float[] floats = array instanceof short[] bits ? Half.decode(type.stored(), bits) : (float[]) array;
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
        }
        return new OnnxTensor(type, dims, values);
    }

    /** How many elements a tensor of this shape has. */
    static int count(int... dims) {
        int count = 1;
        for (int dim : dims) {
            count = Math.multiplyExact(count, dim);
        }
        return count;
    }

    int rank() {
        return dims.length;
    }

    float[] floats() {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    int[] ints() {
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = Math.toIntExact((long) values[i]);
        }
        return ints;
    }

    /** The elements as an engine takes them: {@code float[]}, or {@code short[]} for the 16-bit types. */
    Object array() {
        DType stored = type.stored();
        return stored == DType.F32 ? floats() : Half.encode(stored, floats());
    }

    /** Gives {@link #array} to a call. */
    void give(AttentionArrays arrays, Operand operand) {
        give(arrays, operand, array());
    }

    /** Gives an array of floats or 16-bit floats to a call. */
    static void give(AttentionArrays arrays, Operand operand, Object array) {
        if (array instanceof float[] floats) {
            arrays.with(operand, floats);
        } else {
            arrays.with(operand, (short[]) array);
        }
    }

    /** This tensor rounded to the type of another. */
    OnnxTensor as(OnnxType other) {
        return of(other, dims, new OnnxTensor(other, dims, values).array());
    }

    /** The first thing in which this differs from what is expected by more than the tolerance, or null. */
    String difference(OnnxTensor expected) {
        if (type != expected.type || !Arrays.equals(dims, expected.dims)) {
            return type + " " + Arrays.toString(dims) + " instead of " + expected.type + " "
                    + Arrays.toString(expected.dims);
        }
        for (int i = 0; i < values.length; i++) {
            if (!isClose(values[i], expected.values[i])) {
                return "element " + i + " of " + Arrays.toString(dims) + " is " + values[i] + " instead of "
                        + expected.values[i];
            }
        }
        return null;
    }

    private static boolean isClose(double ours, double expected) {
        return ours == expected
                || Double.isNaN(ours) && Double.isNaN(expected)
                || Double.isFinite(expected) && Math.abs(ours - expected) <= ABSOLUTE + RELATIVE * Math.abs(expected);
    }
}
