package io.github.attention4j.internal;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The shape checks of device tensors: the only checks between a plan and the device. */
public final class Shapes {
    private static final Operand[] OPERANDS = Operand.values();

    private Shapes() {}

    /** Checks all tensors of a call against its spec. */
    public static void check(AttentionSpec spec, AttentionTensors tensors) {
        Objects.requireNonNull(tensors, "tensors");
        for (Operand operand : OPERANDS) {
            DeviceTensor tensor = tensors.get(operand);
            if (!spec.has(operand)) {
                if (tensor != null) {
                    throw new IllegalArgumentException("a tensor for " + operand.label()
                            + " is given, but the spec does not have this operand; build the spec with it");
                }
                continue;
            }
            TensorSpec wanted = spec.operand(operand);
            if (tensor == null) {
                throw new IllegalArgumentException(
                        "the spec has " + operand.label() + ", but no tensor is given for it; " + "pass one of type "
                                + wanted.dtype() + " and shape " + wanted.shape());
            }
            check(operand.label(), tensor, wanted);
        }
        for (Operand output : OPERANDS) {
            if (spec.isOutput(output)) {
                requireApartFromAll(spec, output, tensors);
            }
        }
    }

    /** Checks the tensors that a block mask is made of, and that which it is written to; others do not matter. */
    public static void checkMasks(AttentionSpec spec, AttentionTensors tensors) {
        Objects.requireNonNull(tensors, "tensors");
        for (Operand operand : OPERANDS) {
            if (spec.has(operand) && (operand == Operand.BLOCK_MASK || ArrayShapes.isOfMasks(spec, operand))) {
                TensorSpec wanted = spec.operand(operand);
                DeviceTensor tensor = tensors.get(operand);
                if (tensor == null) {
                    throw new IllegalArgumentException("making a block mask "
                            + (operand == Operand.BLOCK_MASK ? "writes " : "of this spec reads ") + operand.label()
                            + ", but no tensor is given for it; pass one of type " + wanted.dtype() + " and shape "
                            + wanted.shape());
                }
                check(operand.label(), tensor, wanted);
                if (operand != Operand.BLOCK_MASK) {
                    requireApart(Operand.BLOCK_MASK.label(), tensors.get(Operand.BLOCK_MASK), operand.label(), tensor);
                }
            }
        }
    }

    /** Checks that there can be such a tensor. */
    public static void requireSizes(DType dtype, int batch, int heads, int rows, int columns) {
        Objects.requireNonNull(dtype, "dtype");
        if (batch < 1 || heads < 1 || rows < 1 || columns < 1) {
            throw new IllegalArgumentException("batch, heads, rows and columns must be at least 1, but are " + batch
                    + ", " + heads + ", " + rows + ", " + columns);
        }
        if (Sizes.times(batch, heads, rows, columns) > Sizes.MOST_ELEMENTS) {
            throw new IllegalArgumentException(
                    "a tensor must have fewer than 2^60 elements, but batch x heads x rows x columns = " + batch + " x "
                            + heads + " x " + rows + " x " + columns + " are more");
        }
    }

    static void check(String name, DeviceTensor tensor, TensorSpec wanted) {
        checkType(name, tensor, wanted.dtype());
        if (wanted.isDense()) {
            check(name, tensor, wanted.batch(), wanted.heads(), wanted.rows(), wanted.rowUnits());
        } else if (tensor.elements() < wanted.extent()) {
            throw new IllegalArgumentException(name + " must have at least " + wanted.extent() + " elements for "
                    + wanted.shape() + " in " + wanted.layout() + ", but has " + tensor.elements());
        }
    }

    private static void checkType(String name, DeviceTensor tensor, DType type) {
        if (tensor.dtype() != type) {
            throw new IllegalArgumentException(name + " must have type " + type + ", but has " + tensor.dtype());
        }
    }

    static void check(String name, DeviceTensor tensor, int batch, int heads, int rows, int columns) {
        if (tensor.batch() != batch
                || tensor.heads() != heads
                || tensor.rows() != rows
                || tensor.columns() != columns) {
            throw new IllegalArgumentException(name + " must have shape " + shape(batch, heads, rows, columns)
                    + " [batch, heads, rows, columns], but has " + shape(tensor));
        }
    }

    private static void requireApartFromAll(AttentionSpec spec, Operand output, AttentionTensors tensors) {
        DeviceTensor written = tensors.get(output);
        for (Operand other : OPERANDS) {
            DeviceTensor tensor = tensors.get(other);
            if (other != output
                    && tensor != null
                    && Wrapped.overlap(written, tensor)
                    && !(Wrapped.same(written, tensor) && ArrayShapes.mayShare(spec, output, other))) {
                throw shared(output.label(), written, other.label(), tensor);
            }
        }
    }

    private static IllegalArgumentException shared(
            String output, DeviceTensor written, String other, DeviceTensor tensor) {
        return new IllegalArgumentException(output + " is an output, but "
                + (written == tensor ? "its tensor is also given as " : "its memory overlaps that of ") + other
                + "; inputs are never written to, so give " + output
                + (written == tensor ? " its own tensor" : " memory of its own"));
    }

    /** Checks that what is written is not also read; an input that is null is not there. */
    static void requireApart(String output, DeviceTensor written, String other, DeviceTensor tensor) {
        if (tensor != null && Wrapped.overlap(written, tensor)) {
            throw shared(output, written, other, tensor);
        }
    }

    /** Likewise, but an output may be the input itself. */
    static void requireApartOrSame(String output, DeviceTensor written, String other, DeviceTensor tensor) {
        if (Wrapped.overlap(written, tensor) && !Wrapped.same(written, tensor)) {
            throw new IllegalArgumentException(output + " may be " + other
                    + " itself, but its memory overlaps only a part of it; give " + output
                    + " memory of its own, or exactly the same");
        }
    }

    /** Checks rows that a cache is to take in. */
    public static void checkRows(
            String name, DeviceTensor tensor, DType type, int batch, int heads, int rows, int columns) {
        requireFloat(name, tensor);
        checkType(name, tensor, type);
        check(name, tensor, batch, heads, rows, columns);
    }

    /** Checks that new rows are not the cache itself, which {@code KvCache.addTo} hands out. */
    public static void requireNotOfCache(Operand operand, DeviceTensor cached, DeviceTensor keys, DeviceTensor values) {
        if (cached != null && (cached == keys || cached == values)) {
            throw new IllegalArgumentException((cached == keys ? "keys" : "values") + " are the cache's own "
                    + operand.label() + ", which is written to; give new rows in a tensor of their own");
        }
    }

    static void requireFloat(String name, DeviceTensor tensor) {
        if (!tensor.dtype().isFloat()) {
            throw new IllegalArgumentException(name + " must have type F32, F16 or BF16, but has " + tensor.dtype());
        }
    }

    /**
     * Checks that an array or direct buffer fits a tensor's type and holds it from an offset on: a driver would write
     * beyond the end of a short one.
     */
    public static void requireRange(String name, Object array, int offset, DeviceTensor tensor) {
        requireRange(name, array, offset, tensor, tensor.elements());
    }

    /** Likewise, of so many of the tensor's elements. */
    public static void requireRange(String name, Object array, int offset, DeviceTensor tensor, long elements) {
        Objects.requireNonNull(array, name);
        ArrayShapes.requireType(name, array, tensor.dtype());
        if (array instanceof ByteBuffer buffer) {
            requireOther(name, buffer, tensor);
            if (offset != 0) {
                throw new IllegalArgumentException(
                        "offset must be 0 with a buffer, which begins at its position, but is " + offset
                                + "; use buffer.slice(..).order(ByteOrder.nativeOrder())");
            }
        }
        long length = ArrayShapes.length(array, tensor.dtype());
        if (offset < 0 || elements > length - offset) {
            throw new IllegalArgumentException(name + " must have " + elements + " elements from offset " + offset
                    + " on, but has " + length + " in all");
        }
    }

    /** Likewise, of one that is to be written to. */
    public static void requireWritableRange(String name, Object array, int offset, DeviceTensor tensor) {
        requireWritableRange(name, array, offset, tensor, tensor.elements());
    }

    /** Likewise, of so many of the tensor's elements. */
    public static void requireWritableRange(String name, Object array, int offset, DeviceTensor tensor, long elements) {
        requireRange(name, array, offset, tensor, elements);
        if (array instanceof ByteBuffer buffer) {
            HostBuffers.requireWritable(name, buffer);
        }
    }

    private static void requireOther(String name, ByteBuffer buffer, DeviceTensor tensor) {
        ByteBuffer wrapped = Wrapped.of(tensor);
        if (wrapped != null && HostBuffers.overlap(wrapped, buffer)) {
            throw new IllegalArgumentException(name
                    + " overlaps the memory that the tensor was wrapped over; read and write that through map(stream)");
        }
    }

    /** "[2, 8, 1024, 64]". */
    public static String shape(int batch, int heads, int rows, int columns) {
        return "[" + batch + ", " + heads + ", " + rows + ", " + columns + "]";
    }

    private static String shape(DeviceTensor tensor) {
        return shape(tensor.batch(), tensor.heads(), tensor.rows(), tensor.columns());
    }
}
