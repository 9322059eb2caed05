package io.github.attention4j;

/**
 * The type of one stored element. Query, key, value and out may each be {@link #F32}, {@link #F16} or {@link #BF16}; sums are
 * always accumulated in 32-bit floats, whatever the storage type.
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
    BIT(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element in bytes; of eight elements for {@link #BIT}. */
    public int bytes() {
        return bytes;
    }

    /** Whether this is one of the types that query, key, value, out and bias may have. */
    public boolean isFloat() {
        return this == F32 || this == F16 || this == BF16;
    }
}
