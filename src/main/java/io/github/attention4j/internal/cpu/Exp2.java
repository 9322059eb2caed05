package io.github.attention4j.internal.cpu;

/**
 * 2^x for x ≤ 0 without tables, as both kinds of micro-kernels compute it: relative error below 3e-7, exactly 1 at 0, exactly 0 from
 * −127 down to −∞, NaN for NaN.
 *
 * <p>Adding {@link #ROUND} leaves the nearest integer n to x, plus 127, in the low bits of the sum; shifted into the exponent they are
 * 2^n. A polynomial gives 2^(x − n) on [−1/2, 1/2], and the two are multiplied. Adding n to the polynomial's exponent as
 * an integer is no faster, and makes numbers of some NaNs.
 */
public final class Exp2 {
    /** The smallest x that is told from −∞. */
    public static final float LOWEST = -127;

    /** 1.5 · 2^23, whose unit in the last place is 1, and the bias of the exponent. */
    public static final float ROUND = 12582912 + 127;

    /** Bits below the exponent of a float. */
    public static final int SHIFT = 23;

    /** Minimax coefficients of 2^f, highest power first; the constant is 1. */
    public static final float C5 = 0.001326472731307149f;

    public static final float C4 = 0.009671512991189957f;
    public static final float C3 = 0.05550733581185341f;
    public static final float C2 = 0.24022242426872253f;
    public static final float C1 = 0.6931470036506653f;

    private Exp2() {}
}
