package io.github.attention4j.onnx;

import io.github.attention4j.DType;

/** The element types of ONNX that its attention operators use. */
enum OnnxType {
    FLOAT(1, 4),
    UINT8(2, 1),
    INT8(3, 1),
    INT32(6, 4),
    INT64(7, 8),
    BOOL(9, 1),
    FLOAT16(10, 2),
    DOUBLE(11, 8),
    BFLOAT16(16, 2);

    private final int code;
    private final int bytes;

    OnnxType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The type with this number in onnx.proto. */
    static OnnxType of(long code) {
        for (OnnxType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "element type " + code + " of onnx.proto is not one that the attention operators use");
    }

    /** The size of one element in bytes. */
    int bytes() {
        return bytes;
    }

    boolean isFloat() {
        return this == FLOAT || this == FLOAT16 || this == DOUBLE || this == BFLOAT16;
    }

    /** How an engine stores it; doubles are rounded to 32 bits. */
    DType stored() {
        return switch (this) {
            case FLOAT, DOUBLE -> DType.F32;
            case FLOAT16 -> DType.F16;
            case BFLOAT16 -> DType.BF16;
            default -> throw new IllegalArgumentException(this + " is not a type of queries, keys, values and biases");
        };
    }
}
