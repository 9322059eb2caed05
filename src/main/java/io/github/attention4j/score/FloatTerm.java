package io.github.attention4j.score;

/** A {@link Term} that is a number: F32 on every device, double in the reference. NaN and infinities are as in Java. */
public final class FloatTerm extends Term {
    FloatTerm(Operation operation, int bits, Term... arguments) {
        super(operation, bits, arguments);
    }

    private static FloatTerm make(Operation operation, Term... arguments) {
        return new FloatTerm(operation, 0, arguments);
    }

    /** A constant. */
    public static FloatTerm of(float number) {
        return new FloatTerm(Operation.FLOAT_CONSTANT, Float.floatToIntBits(number));
    }

    /** this + other. */
    public FloatTerm plus(FloatTerm other) {
        return make(Operation.ADD, this, other);
    }

    /** this + other. */
    public FloatTerm plus(float other) {
        return plus(of(other));
    }

    /** this − other. */
    public FloatTerm minus(FloatTerm other) {
        return make(Operation.SUBTRACT, this, other);
    }

    /** this − other. */
    public FloatTerm minus(float other) {
        return minus(of(other));
    }

    /** this · other. */
    public FloatTerm times(FloatTerm other) {
        return make(Operation.MULTIPLY, this, other);
    }

    /** this · other. */
    public FloatTerm times(float other) {
        return times(of(other));
    }

    /** this / other, by 0 as in Java. */
    public FloatTerm dividedBy(FloatTerm other) {
        return make(Operation.DIVIDE, this, other);
    }

    /** this / other. */
    public FloatTerm dividedBy(float other) {
        return dividedBy(of(other));
    }

    /** −this. */
    public FloatTerm negated() {
        return times(-1);
    }

    /** The smaller one; NaN if one is. */
    public FloatTerm min(FloatTerm other) {
        return make(Operation.MIN, this, other);
    }

    /** The smaller one; NaN if one is. */
    public FloatTerm min(float other) {
        return min(of(other));
    }

    /** The larger one; NaN if one is. */
    public FloatTerm max(FloatTerm other) {
        return make(Operation.MAX, this, other);
    }

    /** The larger one; NaN if one is. */
    public FloatTerm max(float other) {
        return max(of(other));
    }

    /** |this|. */
    public FloatTerm abs() {
        return make(Operation.ABS, this);
    }

    /** The largest whole number that is not larger; its derivative is 0. */
    public FloatTerm floor() {
        return make(Operation.FLOOR, this);
    }

    /** e to the power of this. */
    public FloatTerm exp() {
        return make(Operation.EXP, this);
    }

    /** 2 to the power of this. */
    public FloatTerm exp2() {
        return make(Operation.EXP2, this);
    }

    /** The natural logarithm. */
    public FloatTerm log() {
        return make(Operation.LOG, this);
    }

    /** The hyperbolic tangent. */
    public FloatTerm tanh() {
        return make(Operation.TANH, this);
    }

    /** 1 / (1 + exp(−this)). */
    public FloatTerm sigmoid() {
        return make(Operation.SIGMOID, this);
    }

    /** The square root. */
    public FloatTerm sqrt() {
        return make(Operation.SQRT, this);
    }

    /** The sine of an angle in radians. */
    public FloatTerm sin() {
        return make(Operation.SIN, this);
    }

    /** The cosine of an angle in radians. */
    public FloatTerm cos() {
        return make(Operation.COS, this);
    }

    /** Rounded towards 0, to the nearest int if it is none; 0 for NaN. Its derivative is 0. */
    public IntTerm toInt() {
        return new IntTerm(Operation.TO_INT, 0, this);
    }

    /** this &lt; other; false for NaN. Derivatives of comparisons are 0. */
    public BoolTerm lessThan(FloatTerm other) {
        return new BoolTerm(Operation.LESS, 0, this, other);
    }

    /** this &lt; other. */
    public BoolTerm lessThan(float other) {
        return lessThan(of(other));
    }

    /** this &gt; other; false for NaN. */
    public BoolTerm moreThan(FloatTerm other) {
        return new BoolTerm(Operation.LESS, 0, other, this);
    }

    /** this &gt; other. */
    public BoolTerm moreThan(float other) {
        return moreThan(of(other));
    }

    /** this = other; false for NaN. */
    public BoolTerm equalTo(FloatTerm other) {
        return new BoolTerm(Operation.EQUAL, 0, this, other);
    }

    /** this = other. */
    public BoolTerm equalTo(float other) {
        return equalTo(of(other));
    }
}
