package io.github.attention4j.score;

import static io.github.attention4j.score.Operation.Kind.BOOL;
import static io.github.attention4j.score.Operation.Kind.FLOAT;
import static io.github.attention4j.score.Operation.Kind.INT;

/** What a {@link Step} computes. Integers have 32 bits and wrap around; floats are F32, in the reference double. */
public enum Operation {
    /** The score that the function was given. */
    SCORE(FLOAT),
    BATCH(INT),
    HEAD(INT),
    KV_HEAD(INT),
    QUERY(INT),
    KEY(INT),
    QUERY_POSITION(INT),
    QUERY_LENGTH(INT),
    KEY_LENGTH(INT),
    /** A constant, its bits in {@link Step#bits()}. */
    FLOAT_CONSTANT(FLOAT),
    INT_CONSTANT(INT),
    BOOL_CONSTANT(BOOL),
    /** A number of the call, whose index is {@link Step#bits()}. */
    NUMBER(FLOAT),
    /** An element of the call's tensor {@link Step#bits()}, at four indices. */
    LOAD(FLOAT),
    LOAD_INT(INT),
    ADD(FLOAT),
    SUBTRACT(FLOAT),
    MULTIPLY(FLOAT),
    DIVIDE(FLOAT),
    MIN(FLOAT),
    MAX(FLOAT),
    ABS(FLOAT),
    FLOOR(FLOAT),
    EXP(FLOAT),
    EXP2(FLOAT),
    LOG(FLOAT),
    TANH(FLOAT),
    SIGMOID(FLOAT),
    SQRT(FLOAT),
    SIN(FLOAT),
    COS(FLOAT),
    TO_FLOAT(FLOAT),
    CHOOSE(FLOAT),
    INT_ADD(INT),
    INT_SUBTRACT(INT),
    INT_MULTIPLY(INT),
    /** Rounded down; 0 where the divisor is 0. */
    INT_DIVIDE(INT),
    /** What {@link #INT_DIVIDE} leaves; 0 where the divisor is 0. */
    INT_MODULO(INT),
    INT_MIN(INT),
    INT_MAX(INT),
    INT_AND(INT),
    INT_OR(INT),
    INT_XOR(INT),
    /** By the lower five bits of the other, as in Java. */
    SHIFT_LEFT(INT),
    /** Likewise; the sign fills up. */
    SHIFT_RIGHT(INT),
    /** Towards 0, to the nearest int; 0 for NaN. */
    TO_INT(INT),
    INT_CHOOSE(INT),
    LESS(BOOL),
    EQUAL(BOOL),
    INT_LESS(BOOL),
    INT_EQUAL(BOOL),
    AND(BOOL),
    OR(BOOL),
    NOT(BOOL);

    /** The type of a result. */
    public enum Kind {
        FLOAT,
        INT,
        BOOL
    }

    private final Kind kind;

    Operation(Kind kind) {
        this.kind = kind;
    }

    /** The type of the result. */
    public Kind kind() {
        return kind;
    }
}
