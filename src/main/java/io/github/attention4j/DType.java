package io.github.attention4j;

/**
 * The type of one stored element. Query, key, value and out may each be {@link #F32}, {@link #F16} or {@link #BF16},
 * key and value also {@link #I8} or {@link #I4}; sums are always accumulated in 32-bit floats, whatever the storage
 * type.
 */
public enum DType {
    /** IEEE 754 binary32; {@code float[]} in Java. */
    F32(32, Kind.FLOAT, 0, float[].class),
    /** IEEE 754 binary16; {@code short[]} in Java, see {@link Half}. */
    F16(16, Kind.FLOAT, 0, short[].class),
    /** The upper half of a binary32; {@code short[]} in Java, see {@link Half}. */
    BF16(16, Kind.FLOAT, 0, short[].class),
    /** Signed integers: lengths, offsets and positions; {@code int[]} in Java. */
    I32(32, Kind.OTHER, 0, int[].class),
    /** Bytes: a keep-mask with one byte an entry, 0 hides; {@code byte[]} in Java. */
    U8(8, Kind.OTHER, 0, byte[].class),
    /**
     * A keep-mask with one bit an entry, eight neighbouring keys a byte, the first in the lowest bit; {@code byte[]} in
     * Java.
     */
    BIT(1, Kind.OTHER, 0, byte[].class),
    /**
     * Keys or values as signed bytes, −128 to 127, with one scale a row: the element is {@code byte · scale}. Scales
     * are an operand of their own ({@link Operand#KEY_SCALES}, {@link Operand#VALUE_SCALES}); {@code byte[]} in Java.
     */
    I8(8, Kind.QUANTISED, Integer.MAX_VALUE, byte[].class),
    /**
     * Keys or values of four bits, two's complement, −8 to 7, with one scale for each {@value #GROUP} neighbours of a
     * row, as for {@link #I8}. Two elements a byte, the first in the lower half; each row begins with a whole byte.
     * {@code byte[]} in Java.
     */
    I4(4, Kind.QUANTISED, DType.GROUP, byte[].class);

    /** Neighbours in a row of {@link #I4} that share a scale; the last group of a row may have fewer. */
    public static final int GROUP = 32;

    private enum Kind {
        FLOAT,
        QUANTISED,
        OTHER
    }

    private final int bits;
    private final Kind kind;
    /** Neighbours in a row that share a scale, where there are scales. */
    private final int group;

    private final Class<?> arrayType;

    DType(int bits, Kind kind, int group, Class<?> arrayType) {
        this.bits = bits;
        this.kind = kind;
        this.group = group;
        this.arrayType = arrayType;
    }

    /** The size of one element in bits. */
    public int bits() {
        return bits;
    }

    /**
     * The size of one element in bytes; of eight elements for {@link #BIT}, of two for {@link #I4}: of what
     * {@link #units} counts.
     */
    public int bytes() {
        return (bits - 1) / Byte.SIZE + 1;
    }

    /** The Java arrays that hold elements: {@code float[].class} for {@link #F32}. */
    public Class<?> arrayType() {
        return arrayType;
    }

    /**
     * How many elements of an array a row of this many columns takes: as many, but for {@link #BIT} and {@link #I4},
     * whose rows begin with whole bytes and of which a byte holds several.
     */
    public int units(int columns) {
        Checks.requirePositive("columns", columns);
        return bits < Byte.SIZE ? (columns - 1) / (Byte.SIZE / bits) + 1 : columns;
    }

    /** Whether this is one of the types that query, key, value, out and bias may have. */
    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /** Whether elements are integers that a scale belongs to: {@link #I8} and {@link #I4}. */
    public boolean isQuantised() {
        return kind == Kind.QUANTISED;
    }

    /**
     * How many scales a row of this many elements has; 0 if the type has none.
     *
     * @throws IllegalArgumentException if columns is less than 1
     */
    public int scales(int columns) {
        Checks.requirePositive("columns", columns);
        return isQuantised() ? (columns - 1) / group + 1 : 0;
    }
}
