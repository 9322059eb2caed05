package io.github.attention4j.internal;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import java.util.Objects;

/** The shape check of an enqueue: the only checks between a plan and the device. */
public final class Shapes {
    private Shapes() {}

    /** Checks all tensors of a call against its spec; {@code lse} is null when not given. */
    public static void check(
            AttentionSpec spec,
            DeviceTensor query,
            DeviceTensor key,
            DeviceTensor value,
            DeviceTensor out,
            DeviceTensor lse) {
        check("query", query, spec.batch(), spec.heads(), spec.queryLength(), spec.headDim());
        check("key", key, spec.batch(), spec.kvHeads(), spec.keyLength(), spec.headDim());
        check("value", value, spec.batch(), spec.kvHeads(), spec.keyLength(), spec.valueDim());
        check("out", out, spec.batch(), spec.heads(), spec.queryLength(), spec.valueDim());
        if (spec.returnLse()) {
            if (lse == null) {
                throw new IllegalArgumentException(
                        "the spec asks for lse, but no lse tensor is given; pass one of shape "
                                + shape(spec.batch(), spec.heads(), spec.queryLength(), 1)
                                + " or build the spec without returnLse()");
            }
            check("lse", lse, spec.batch(), spec.heads(), spec.queryLength(), 1);
        } else if (lse != null) {
            throw new IllegalArgumentException(
                    "an lse tensor is given, but the spec does not ask for lse; build the spec with returnLse()");
        }
        requireDistinct("query", query, out, lse);
        requireDistinct("key", key, out, lse);
        requireDistinct("value", value, out, lse);
        if (out == lse) {
            throw new IllegalArgumentException("out and lse are the same tensor; give each its own");
        }
    }

    private static void check(String name, DeviceTensor tensor, int batch, int heads, int rows, int columns) {
        if (tensor == null) {
            throw new NullPointerException(name);
        }
        if (tensor.dtype() != DType.F32) {
            throw new IllegalArgumentException(name + " must have type F32, but has " + tensor.dtype());
        }
        if (tensor.batch() != batch
                || tensor.heads() != heads
                || tensor.rows() != rows
                || tensor.columns() != columns) {
            throw new IllegalArgumentException(name + " must have shape " + shape(batch, heads, rows, columns)
                    + " [batch, heads, rows, columns], but has "
                    + shape(tensor.batch(), tensor.heads(), tensor.rows(), tensor.columns()));
        }
    }

    private static void requireDistinct(String name, DeviceTensor input, DeviceTensor out, DeviceTensor lse) {
        if (input == out || input == lse) {
            throw new IllegalArgumentException(
                    name + " is also given as an output; inputs are never written to, so give "
                            + (input == out ? "out" : "lse") + " its own tensor");
        }
    }

    /** Checks that an array holds a tensor exactly. */
    public static void requireWhole(String name, float[] array, DeviceTensor tensor) {
        if (Objects.requireNonNull(array, name).length != tensor.elements()) {
            throw new IllegalArgumentException(
                    name + " must have " + tensor.elements() + " elements, as the tensor has, but has " + array.length
                            + "; give an offset to use part of an array");
        }
    }

    /** Checks that an array holds a tensor from an offset on: a driver would write beyond the end of a short one. */
    public static void requireRange(String name, float[] array, int offset, DeviceTensor tensor) {
        if (offset < 0 || tensor.elements() > Objects.requireNonNull(array, name).length - (long) offset) {
            throw new IllegalArgumentException(name + " must have " + tensor.elements() + " elements from offset "
                    + offset + " on, but has " + array.length + " in all");
        }
    }

    /** "[2, 8, 1024, 64]". */
    public static String shape(int batch, int heads, int rows, int columns) {
        return "[" + batch + ", " + heads + ", " + rows + ", " + columns + "]";
    }
}
