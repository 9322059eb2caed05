package io.github.attention4j.score;

/** A {@link Term} that is true or false. */
public final class BoolTerm extends Term {
    BoolTerm(Operation operation, int bits, Term... arguments) {
        super(operation, bits, arguments);
    }

    /** A constant. */
    public static BoolTerm of(boolean value) {
        return new BoolTerm(Operation.BOOL_CONSTANT, value ? 1 : 0);
    }

    /** Whether both are true. */
    public BoolTerm and(BoolTerm other) {
        return new BoolTerm(Operation.AND, 0, this, other);
    }

    /** Whether one of them is true. */
    public BoolTerm or(BoolTerm other) {
        return new BoolTerm(Operation.OR, 0, this, other);
    }

    /** Whether this is false. */
    public BoolTerm not() {
        return new BoolTerm(Operation.NOT, 0, this);
    }

    /** The first where this is true, else the second; what is not chosen may be NaN. */
    public FloatTerm choose(FloatTerm first, FloatTerm second) {
        return new FloatTerm(Operation.CHOOSE, 0, this, first, second);
    }

    /** The first where this is true, else the second. */
    public IntTerm choose(IntTerm first, IntTerm second) {
        return new IntTerm(Operation.INT_CHOOSE, 0, this, first, second);
    }
}
