package io.github.attention4j.internal.operand;

import io.github.attention4j.DType;
import java.util.Objects;

/** Which types an operand may have. */
public enum TypeRule {
    FLOAT("F32, F16 or BF16", null),
    FLOAT_OR_QUANTISED("F32, F16, BF16, I8 or I4", null),
    NUMBER("F32, F16, BF16, I32 or U8", null),
    KEEP("U8 or BIT", null),
    F32("F32", DType.F32),
    I32("I32", DType.I32);

    private final String text;
    private final DType only;

    TypeRule(String text, DType only) {
        this.text = text;
        this.only = only;
    }

    /** Whether an operand may have this type. */
    public boolean allows(DType type) {
        return switch (this) {
            case FLOAT -> type.isFloat();
            case FLOAT_OR_QUANTISED -> type.isFloat() || type.isQuantised();
            case NUMBER -> type.isFloat() || type == DType.I32 || type == DType.U8;
            case KEEP -> type == DType.U8 || type == DType.BIT;
            case F32, I32 -> type == only;
        };
    }

    /** The type, where there is no choice. */
    public DType only() {
        return Objects.requireNonNull(only, text);
    }

    /** As messages say it. */
    @Override
    public String toString() {
        return text;
    }
}
