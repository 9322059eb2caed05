package io.github.attention4j.internal;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.TypeRule;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Objects;

/** The checks of host arrays: types and lengths, and what integer arrays hold. */
public final class ArrayShapes {
    private static final Operand[] OPERANDS = Operand.values();

    private ArrayShapes() {}

    /** Checks all arrays of a call against its spec. */
    public static void check(AttentionSpec spec, AttentionArrays arrays) {
        for (Operand operand : OPERANDS) {
            Object array = arrays.get(operand);
            if (!spec.has(operand)) {
                if (array != null) {
                    throw new IllegalArgumentException("an array for " + operand.label()
                            + " is given, but the spec does not have this operand; build the spec with it");
                }
                continue;
            }
            TensorSpec wanted = spec.operand(operand);
            if (array == null) {
                throw new IllegalArgumentException("the spec has " + operand.label()
                        + ", but no array is given for it; pass one of type " + wanted.dtype() + " and shape "
                        + wanted.shape());
            }
            checkArray(spec, operand, array);
            if (OperandTable.of(operand).types() == TypeRule.I32) {
                checkContents(spec, operand, wanted, integers(array));
            }
        }
        if (spec.isPaged()) {
            checkPages(spec, integers(arrays.get(Operand.PAGE_TABLE)), integers(arrays.get(Operand.KEY_LENGTHS)));
        }
        requireOwnOutputs(spec, arrays);
    }

    /** Checks the arrays that masks by position and the keep function read; others do not matter. */
    public static void checkMasks(AttentionSpec spec, AttentionArrays arrays) {
        for (Operand operand : OPERANDS) {
            if (spec.has(operand) && isOfMasks(spec, operand)) {
                Object array = arrays.get(operand);
                if (array == null) {
                    throw new IllegalArgumentException("masks of this spec read " + operand.label()
                            + ", but no array is given for it; pass one of type "
                            + spec.operand(operand).dtype() + " and shape "
                            + spec.operand(operand).shape());
                }
                checkArray(spec, operand, array);
                if (OperandTable.of(operand).types() == TypeRule.I32) {
                    checkContents(spec, operand, spec.operand(operand), integers(array));
                }
            }
        }
    }

    /** Whether masks by position or the keep function of the spec read this operand. */
    public static boolean isOfMasks(AttentionSpec spec, Operand operand) {
        return switch (operand) {
            case KEY_LENGTHS, QUERY_OFFSETS, KEY_OFFSETS, DIAGONALS, PREFIX_LENGTHS, KEY_BEGINS, KEY_ENDS -> true;
            case SCORE_NUMBERS -> spec.keep() != null && spec.keep().numbers() > 0;
            case SCORE_TENSOR_0, SCORE_TENSOR_1, SCORE_TENSOR_2, SCORE_TENSOR_3 ->
                spec.keep() != null && spec.keep().reads(operand.ordinal() - Operand.SCORE_TENSOR_0.ordinal());
            default -> false;
        };
    }

    /** Checks type and length of the array of one operand of the spec. */
    public static void checkArray(AttentionSpec spec, Operand operand, Object array) {
        TensorSpec wanted = spec.operand(operand);
        requireType(operand.label(), Objects.requireNonNull(array, operand.label()), wanted.dtype());
        requireLength(operand.label(), length(array, wanted.dtype()), wanted);
    }

    private static void requireOwnOutputs(AttentionSpec spec, AttentionArrays arrays) {
        for (Operand output : OPERANDS) {
            for (Operand other : OPERANDS) {
                Object array = arrays.get(output);
                Object given = arrays.get(other);
                if (spec.isOutput(output)
                        && other != output
                        && overlap(array, given)
                        && !(isSame(array, given) && mayShare(spec, output, other))) {
                    throw new IllegalArgumentException(output.label() + " is an output, but its array is also given as "
                            + other.label() + (array == given ? "" : ", or overlaps it")
                            + "; inputs are never written to, so give " + output.label() + " its own array");
                }
            }
        }
    }

    /** Whether two operands are given the same array, or buffers over the same memory. */
    public static boolean isSame(Object a, Object b) {
        return a == b
                || a instanceof ByteBuffer bytesA && b instanceof ByteBuffer bytesB && HostBuffers.same(bytesA, bytesB);
    }

    /** Whether two operands may be in one array: outputs beside one another, as the gradients of packed projections. */
    static boolean mayShare(AttentionSpec spec, Operand output, Operand other) {
        return spec.isOutput(other)
                && spec.operand(output).dtype() == spec.operand(other).dtype()
                && Overlaps.areApart(spec.operand(output), spec.operand(other));
    }

    /** Arrays are the same or apart; direct buffers may be views of the same memory. */
    private static boolean overlap(Object a, Object b) {
        return a == b
                || a instanceof ByteBuffer bytesA
                        && b instanceof ByteBuffer bytesB
                        && HostBuffers.overlap(bytesA, bytesB);
    }

    /** Where nothing lies between the elements the length must be right, or else the shape is probably wrong. */
    private static void requireLength(String name, long length, TensorSpec wanted) {
        Layout rowsFirst = Layout.rowsFirst(wanted.heads(), wanted.rows(), wanted.rowUnits());
        // Not elements == extent: the only row of packed query, key and value has no gap either, but is part of a
        // longer array.
        boolean gapless = wanted.isDense() || wanted.layout().equals(rowsFirst);
        if (gapless ? length != wanted.extent() : length < wanted.extent()) {
            throw new IllegalArgumentException(name + " must have " + (gapless ? "" : "at least ") + wanted.extent()
                    + " elements, but has " + length + "; the spec gives its shape, " + wanted.shape()
                    + (wanted.isDense() ? "" : " in " + wanted.layout()));
        }
    }

    /** Checks that an array holds a whole tensor and nothing else, and is of its type. */
    public static void requireWhole(String name, Object array, DType type, long elements) {
        requireType(name, Objects.requireNonNull(array, name), type);
        int length = Array.getLength(array);
        if (length != elements) {
            throw new IllegalArgumentException(name + " must have " + elements
                    + " elements, as the tensor has, but has " + length + "; give an offset to use part of an array");
        }
    }

    /** Checks that a Java array or a direct buffer may hold elements of this type. */
    public static void requireType(String name, Object array, DType type) {
        boolean fits = type.arrayType().isInstance(array);
        if (array instanceof ByteBuffer buffer) {
            HostBuffers.requireDirect(name, buffer);
            fits = true;
        }
        if (!fits) {
            throw new IllegalArgumentException(name + " has type " + type + ", which is "
                    + type.arrayType().getSimpleName() + (type.arrayType() == short[].class ? " (see Half)" : "")
                    + " or a direct buffer in native order, but is "
                    + array.getClass().getSimpleName());
        }
    }

    /** How many elements an array or buffer holds. */
    public static long length(Object array, DType type) {
        return array instanceof ByteBuffer buffer ? buffer.remaining() / type.bytes() : Array.getLength(array);
    }

    private static IntBuffer integers(Object array) {
        return array instanceof int[] own ? IntBuffer.wrap(own) : ((ByteBuffer) array).asIntBuffer();
    }

    private static void checkContents(AttentionSpec spec, Operand operand, TensorSpec tensor, IntBuffer numbers) {
        switch (OperandTable.of(operand).contents()) {
            case OFFSETS_OF_QUERIES ->
                checkOffsets(
                        operand, numbers, tensor, spec.operand(Operand.QUERY).rows(), spec.queryLength());
            case OFFSETS_OF_KEYS ->
                checkOffsets(operand, numbers, tensor, spec.operand(Operand.KEY).rows(), spec.keyLength());
            case COUNTS_OF_KEYS -> checkRange(operand, numbers, tensor, spec.keyLength());
            case POSITIONS -> checkRange(operand, numbers, tensor, spec.rotary().positions() - 1);
            case ANYTHING, DROPOUT_STATE -> {}
            case PAGES -> {
                // Once the lengths are known to be right, which say how many pages count.
            }
        }
    }

    private static void checkRange(Operand operand, IntBuffer numbers, TensorSpec tensor, int most) {
        for (int batch = 0; batch < tensor.batch(); batch++) {
            for (int row = 0; row < tensor.rows(); row++) {
                int number = numbers.get((int) tensor.layout().at(batch, 0, row));
                if (number < 0 || number > most) {
                    throw new IllegalArgumentException(operand.label() + " must be between 0 and " + most + ", but is "
                            + number + " at [" + batch + ", 0, " + row + ", 0]");
                }
            }
        }
    }

    /** Only pages that hold keys count: tables may have anything behind them. */
    private static void checkPages(AttentionSpec spec, IntBuffer table, IntBuffer lengths) {
        TensorSpec key = spec.operand(Operand.KEY);
        TensorSpec tensor = spec.operand(Operand.PAGE_TABLE);
        for (int batch = 0; batch < spec.batch(); batch++) {
            for (int j = 0; j * (long) key.rows() < lengths.get(batch); j++) {
                int page = table.get((int) tensor.layout().at(batch, 0, j));
                if (page < 0 || page >= key.batch()) {
                    throw new IllegalArgumentException("page_table must be between 0 and " + (key.batch() - 1)
                            + ", but is " + page + " at [" + batch + ", 0, " + j + ", 0]");
                }
            }
        }
    }

    private static void checkOffsets(Operand operand, IntBuffer offsets, TensorSpec tensor, int total, int longest) {
        int before = 0;
        for (int i = 0; i < tensor.batch(); i++) {
            int offset = offsets.get((int) tensor.layout().at(i, 0, 0));
            if (offset < before || offset > total || i > 0 && offset - before > longest) {
                throw new IllegalArgumentException(operand.label() + " must rise from 0 to at most " + total
                        + " in steps of at most " + longest + ", but go from " + before + " to " + offset
                        + " at element " + i);
            }
            before = offset;
        }
    }
}
