package io.github.attention4j;

/**
 * The type of one stored element. Query, key, value and out may each be {@link #F32}, {@link #F16} or {@link #BF16}, key and value also
 * {@link #I8} or {@link #I4}; sums are always accumulated in 32-bit floats, whatever the storage type.
 */
public enum DType {
    /** IEEE 754 binary32; {@code float[]} in Java. */
    F32(4),
    /** IEEE 754 binary16; {@code short[]} in Java, see {@link Half}. */
    F16(2),
    /** The upper half of a binary32; {@code short[]} in Java, see {@link Half}. */
    BF16(2),
    /** Signed integers: lengths, offsets and positions; {@code int[]} in Java. */
    I32(4),
    /** Bytes: a keep-mask with one byte an entry, 0 hides; {@code byte[]} in Java. */
    U8(1),
    /** A keep-mask with one bit an entry, eight neighbouring keys a byte, the first in the lowest bit; {@code byte[]} in Java. */
    BIT(1),
    /**
     * Keys or values as signed bytes, −128 to 127, with one scale a row: the element is {@code byte · scale}. Scales are an operand of their own
     * ({@link Operand#KEY_SCALES}, {@link Operand#VALUE_SCALES}); {@code byte[]} in Java.
     */
    I8(1),
    /**
     * Keys or values of four bits, two's complement, −8 to 7, with one scale for each {@value #GROUP} neighbours of a row, as for {@link #I8}. Two elements a
     * byte, the first in the lower half; each row begins with a whole byte. {@code byte[]} in Java.
     */
    I4(1);

    /** Neighbours in a row of {@link #I4} that share a scale; the last group of a row may have fewer. */
    public static final int GROUP = 32;

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element in bytes; of eight elements for {@link #BIT}, of two for {@link #I4}. */
    public int bytes() {
        return bytes;
    }

    /** Whether this is one of the types that query, key, value, out and bias may have. */
    public boolean isFloat() {
        return this == F32 || this == F16 || this == BF16;
    }

    /** Whether elements are integers that a scale belongs to: {@link #I8} and {@link #I4}. */
    public boolean isQuantised() {
        return this == I8 || this == I4;
    }

    /**
     * How many scales a row of this many elements has; 0 if the type has none.
     *
     * @throws IllegalArgumentException if columns is less than 1
     */
    public int scales(int columns) {
        AttentionSpec.requirePositive("columns", columns);
        return this == I8 ? 1 : this == I4 ? (columns - 1) / GROUP + 1 : 0;
    }
}
