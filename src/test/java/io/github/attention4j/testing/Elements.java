package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Half;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * The elements of an operand in its Java array, by batch entry, head, row and column, whatever its type and layout. A
 * dimension of size 1 holds for every index. Written apart from the library's own readers, which it tests.
 */
public final class Elements {
    private static final int POISON_F32 = 0x7fc0_5a5a;
    private static final short POISON_F16 = 0x7e5a;
    private static final short POISON_BF16 = 0x7fda;

    private final TensorSpec tensor;
    private final Object array;
    private final long[] strides = new long[4];

    /** @param array the Java array that belongs to the tensor's type */
    public Elements(TensorSpec tensor, Object array) {
        this.tensor = tensor;
        this.array = array;
        for (int dimension = 0; dimension < 4; dimension++) {
            strides[dimension] = size(dimension) == 1 ? 0 : layoutStride(dimension);
        }
    }

    /** Those of an operand, or null if the spec does not have it. */
    public static Elements of(AttentionSpec spec, AttentionArrays arrays, Operand operand) {
        return spec.has(operand) ? new Elements(spec.operand(operand), arrays.get(operand)) : null;
    }

    /**
     * A new array that just holds the tensor, every element of it poison: NaN, or for integers a number that no index
     * should be.
     */
    public static Object poisoned(TensorSpec tensor) {
        int length = Math.toIntExact(tensor.extent());
        switch (tensor.dtype()) {
            case F32 -> {
                float[] floats = new float[length];
                Arrays.fill(floats, Float.intBitsToFloat(POISON_F32));
                return floats;
            }
            case F16, BF16 -> {
                short[] shorts = new short[length];
                Arrays.fill(shorts, tensor.dtype() == DType.F16 ? POISON_F16 : POISON_BF16);
                return shorts;
            }
            case I32 -> {
                int[] ints = new int[length];
                Arrays.fill(ints, 0x5a5a_5a5a);
                return ints;
            }
            default -> {
                byte[] bytes = new byte[length];
                Arrays.fill(bytes, (byte) 0xa5);
                return bytes;
            }
        }
    }

    /** Sets every element of a floating-point array, those between the tensor's too. */
    public void fill(float value) {
        switch (tensor.dtype()) {
            case F32 -> Arrays.fill((float[]) array, value);
            case F16 -> Arrays.fill((short[]) array, Half.toF16(value));
            case BF16 -> Arrays.fill((short[]) array, Half.toBf16(value));
            default -> throw new IllegalStateException(tensor.dtype() + " is no floating-point type");
        }
    }

    private int size(int dimension) {
        return switch (dimension) {
            case 0 -> tensor.batch();
            case 1 -> tensor.heads();
            case 2 -> tensor.rows();
            default -> tensor.columns();
        };
    }

    private long layoutStride(int dimension) {
        return switch (dimension) {
            case 0 -> tensor.layout().batchStride();
            case 1 -> tensor.layout().headStride();
            case 2 -> tensor.layout().rowStride();
            default -> 1;
        };
    }

    /** The position in the array; of BIT, that of the byte. */
    public int at(int batch, int head, int row, int column) {
        long rowAt = tensor.layout().start() + batch * strides[0] + head * strides[1] + row * strides[2];
        return Math.toIntExact(rowAt + column * strides[3] / (tensor.dtype() == DType.BIT ? 8 : 1));
    }

    /** A floating-point element. */
    public float get(int batch, int head, int row, int column) {
        return getAt(at(batch, head, row, column));
    }

    /** The floating-point element at a position of the array. */
    public float getAt(int position) {
        return switch (tensor.dtype()) {
            case F32 -> ((float[]) array)[position];
            case F16 -> Half.fromF16(((short[]) array)[position]);
            case BF16 -> Half.fromBf16(((short[]) array)[position]);
            default -> throw new IllegalStateException(tensor.dtype() + " is no floating-point type");
        };
    }

    /** Sets a floating-point element, rounded to the type. */
    public void set(int batch, int head, int row, int column, float value) {
        int position = at(batch, head, row, column);
        switch (tensor.dtype()) {
            case F32 -> ((float[]) array)[position] = value;
            case F16 -> ((short[]) array)[position] = Half.toF16(value);
            case BF16 -> ((short[]) array)[position] = Half.toBf16(value);
            default -> throw new IllegalStateException(tensor.dtype() + " is no floating-point type");
        }
    }

    /** Copies one row of floats. */
    public void row(int batch, int head, int row, float[] into) {
        int start = at(batch, head, row, 0);
        for (int column = 0; column < into.length; column++) {
            into[column] = getAt(start + column);
        }
    }

    /** An integer element. */
    public int getInt(int batch, int head, int row) {
        return ((int[]) array)[at(batch, head, row, 0)];
    }

    /** An integer element of a row of several. */
    public int getInt(int batch, int head, int row, int column) {
        return ((int[]) array)[at(batch, head, row, column)];
    }

    /** Sets an integer element. */
    public void setInt(int batch, int head, int row, int value) {
        ((int[]) array)[at(batch, head, row, 0)] = value;
    }

    /** Whether a keep-mask lets the key be seen. */
    public boolean kept(int batch, int head, int row, int column) {
        int octet = ((byte[]) array)[at(batch, head, row, column)];
        int bit = tensor.columns() == 1 ? 0 : column % 8;
        return tensor.dtype() == DType.BIT ? (octet >> bit & 1) != 0 : octet != 0;
    }

    /** Sets an element of a keep-mask: any byte but 0, or one bit. */
    public void keep(int batch, int head, int row, int column, int octet) {
        byte[] bytes = (byte[]) array;
        int position = at(batch, head, row, column);
        if (tensor.dtype() == DType.U8) {
            bytes[position] = (byte) octet;
        } else {
            int bit = 1 << (tensor.columns() == 1 ? 0 : column % 8);
            bytes[position] = (byte) (octet == 0 ? bytes[position] & ~bit : bytes[position] | bit);
        }
    }

    /** The Java array. */
    public Object array() {
        return array;
    }

    /** How many elements the array has. */
    public int length() {
        return Array.getLength(array);
    }

    /** Whether the element at this position of a floating-point array is still {@link #poisoned}, to the bit. */
    public boolean isPoison(int position) {
        return switch (tensor.dtype()) {
            case F32 -> Float.floatToRawIntBits(((float[]) array)[position]) == POISON_F32;
            case F16 -> ((short[]) array)[position] == POISON_F16;
            case BF16 -> ((short[]) array)[position] == POISON_BF16;
            default -> throw new IllegalStateException(tensor.dtype() + " is no floating-point type");
        };
    }

    /** Type, shape and layout. */
    public TensorSpec tensor() {
        return tensor;
    }
}
