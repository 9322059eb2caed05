package io.github.attention4j.score;

/** A {@link Term} that is a whole number of 32 bits, which wraps around as in Java. */
public final class IntTerm extends Term {
    IntTerm(Operation operation, int bits, Term... arguments) {
        super(operation, bits, arguments);
    }

    private static IntTerm make(Operation operation, Term... arguments) {
        return new IntTerm(operation, 0, arguments);
    }

    /** A constant. */
    public static IntTerm of(int number) {
        return new IntTerm(Operation.INT_CONSTANT, number);
    }

    /** this + other. */
    public IntTerm plus(IntTerm other) {
        return make(Operation.INT_ADD, this, other);
    }

    /** this + other. */
    public IntTerm plus(int other) {
        return plus(of(other));
    }

    /** this − other. */
    public IntTerm minus(IntTerm other) {
        return make(Operation.INT_SUBTRACT, this, other);
    }

    /** this − other. */
    public IntTerm minus(int other) {
        return minus(of(other));
    }

    /** this · other. */
    public IntTerm times(IntTerm other) {
        return make(Operation.INT_MULTIPLY, this, other);
    }

    /** this · other. */
    public IntTerm times(int other) {
        return times(of(other));
    }

    /** this / other, rounded down; 0 where other is 0. */
    public IntTerm dividedBy(IntTerm other) {
        return make(Operation.INT_DIVIDE, this, other);
    }

    /** this / other, rounded down. */
    public IntTerm dividedBy(int other) {
        return dividedBy(of(other));
    }

    /** What {@link #dividedBy(IntTerm)} leaves, of the sign of other; 0 where other is 0. */
    public IntTerm modulo(IntTerm other) {
        return make(Operation.INT_MODULO, this, other);
    }

    /** What {@link #dividedBy(int)} leaves. */
    public IntTerm modulo(int other) {
        return modulo(of(other));
    }

    /** The smaller one. */
    public IntTerm min(IntTerm other) {
        return make(Operation.INT_MIN, this, other);
    }

    /** The smaller one. */
    public IntTerm min(int other) {
        return min(of(other));
    }

    /** The larger one. */
    public IntTerm max(IntTerm other) {
        return make(Operation.INT_MAX, this, other);
    }

    /** The larger one. */
    public IntTerm max(int other) {
        return max(of(other));
    }

    /** −this. */
    public IntTerm negated() {
        return of(0).minus(this);
    }

    /** |this|. */
    public IntTerm abs() {
        return max(negated());
    }

    /** The bits that both have. */
    public IntTerm and(IntTerm other) {
        return make(Operation.INT_AND, this, other);
    }

    /** The bits that both have. */
    public IntTerm and(int other) {
        return and(of(other));
    }

    /** The bits that one of them has. */
    public IntTerm or(IntTerm other) {
        return make(Operation.INT_OR, this, other);
    }

    /** The bits that one of them has. */
    public IntTerm or(int other) {
        return or(of(other));
    }

    /** The bits in which they differ. */
    public IntTerm xor(IntTerm other) {
        return make(Operation.INT_XOR, this, other);
    }

    /** The bits in which they differ. */
    public IntTerm xor(int other) {
        return xor(of(other));
    }

    /** Shifted left by the lower five bits of other. */
    public IntTerm shiftLeft(IntTerm other) {
        return make(Operation.SHIFT_LEFT, this, other);
    }

    /** Shifted left. */
    public IntTerm shiftLeft(int other) {
        return shiftLeft(of(other));
    }

    /** Shifted right by the lower five bits of other; the sign fills up. */
    public IntTerm shiftRight(IntTerm other) {
        return make(Operation.SHIFT_RIGHT, this, other);
    }

    /** Shifted right; the sign fills up. */
    public IntTerm shiftRight(int other) {
        return shiftRight(of(other));
    }

    /** As a float, rounded to the nearest. */
    public FloatTerm toFloat() {
        return new FloatTerm(Operation.TO_FLOAT, 0, this);
    }

    /** this &lt; other. */
    public BoolTerm lessThan(IntTerm other) {
        return new BoolTerm(Operation.INT_LESS, 0, this, other);
    }

    /** this &lt; other. */
    public BoolTerm lessThan(int other) {
        return lessThan(of(other));
    }

    /** this ≤ other. */
    public BoolTerm atMost(IntTerm other) {
        return other.lessThan(this).not();
    }

    /** this ≤ other. */
    public BoolTerm atMost(int other) {
        return atMost(of(other));
    }

    /** this &gt; other. */
    public BoolTerm moreThan(IntTerm other) {
        return other.lessThan(this);
    }

    /** this &gt; other. */
    public BoolTerm moreThan(int other) {
        return moreThan(of(other));
    }

    /** this ≥ other. */
    public BoolTerm atLeast(IntTerm other) {
        return lessThan(other).not();
    }

    /** this ≥ other. */
    public BoolTerm atLeast(int other) {
        return atLeast(of(other));
    }

    /** this = other. */
    public BoolTerm equalTo(IntTerm other) {
        return new BoolTerm(Operation.INT_EQUAL, 0, this, other);
    }

    /** this = other. */
    public BoolTerm equalTo(int other) {
        return equalTo(of(other));
    }
}
