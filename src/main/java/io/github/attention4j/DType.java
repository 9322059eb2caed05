package io.github.attention4j;

/** The type of one stored element. Sums are always accumulated in 32-bit floats, whatever the storage type. */
public enum DType {
    /** IEEE 754 binary32. */
    F32(4);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }
}
