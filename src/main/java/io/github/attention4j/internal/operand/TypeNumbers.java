package io.github.attention4j.internal.operand;

import io.github.attention4j.DType;

/** The numbers of types in the kernels' macros. */
public final class TypeNumbers {
    /** Of an operand that is not there. */
    public static final int NONE = 0;

    private TypeNumbers() {}

    /**
     * The number of a type that kernels compute with, {@code TYPE_*} in {@code lib/common/types.clh}, or of a
     * keep-mask's, {@code KEEP_TYPE}.
     *
     * @throws IllegalArgumentException if no macro chooses it
     */
    public static int of(DType type) {
        return switch (type) {
            case F32 -> 1;
            case F16 -> 2;
            case BF16 -> 3;
            case I8 -> 4;
            case I4 -> 5;
            case U8 -> 1;
            case BIT -> 2;
            case I32 -> throw new IllegalArgumentException("kernels do not compute with " + type);
        };
    }
}
