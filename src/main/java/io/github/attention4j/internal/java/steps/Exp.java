package io.github.attention4j.internal.java.steps;

/**
 * e^x for x ≤ 0 without tables, as both kinds of micro-kernels compute it: relative error below 3e-7 (and, without a
 * fused multiply-add, 6e-8 · |x|, where so little is left that it does not matter), exactly 1 at 0, exactly 0 from −88
 * down to −∞, NaN for NaN.
 *
 * <p>y = x · log2(e). Adding {@link #ROUND} leaves the nearest integer n to y, plus 127, in the low bits of the sum;
 * shifted into the exponent they are 2^n. A polynomial gives 2^(y − n) on [−1/2, 1/2], and the two are multiplied.
 * Adding n to the polynomial's exponent as an integer is no faster, and makes numbers of some NaNs.
 *
 * <p>Weights of keys come with {@link #WEIGHT_ROUND} instead, which makes them {@link #UNIT} times as large at no cost:
 * a sum of values up to the largest float times such weights stays a float, whatever comes after is divided by the sum
 * of the same weights.
 */
public final class Exp {
    /** The weight of the largest score. */
    public static final float UNIT = 0x1p-20f;

    /** log2(e). */
    public static final float LOG2_E = 1.442695040888963f;

    /** 1.5 · 2^23, whose unit in the last place is 1, and the bias of the exponent. */
    public static final float ROUND = 12582912 + 127;

    /** Below this, {@link #ROUND} gives 0: n is −127. */
    public static final float LOWEST = -88.1f;

    /** The largest x that is still taken for what it is; there is none above 0 but by rounding. */
    public static final float HIGHEST = 88;

    /** {@link #ROUND} for results times {@link #UNIT}. */
    public static final float WEIGHT_ROUND = ROUND - 20;

    /** Below this, {@link #WEIGHT_ROUND} gives 0: n is −107. */
    public static final float WEIGHT_LOWEST = -74.3f;

    /** Bits below the exponent of a float. */
    public static final int SHIFT = 23;

    /** Minimax coefficients of 2^f, highest power first; the constant is 1. */
    public static final float C5 = 0.001326472731307149f;

    public static final float C4 = 0.009671512991189957f;
    public static final float C3 = 0.05550733581185341f;
    public static final float C2 = 0.24022242426872253f;
    public static final float C1 = 0.6931470036506653f;

    private Exp() {}

    /**
     * e^x of each element, in its place. Two loops, because C2 makes no vectors of floats that become integers: so only
     * the second one is scalar.
     *
     * @param whole as long as the row, for what is between
     * @param lowest {@link #LOWEST} with a {@code round} of {@link #ROUND}, {@link #WEIGHT_LOWEST} with
     *     {@link #WEIGHT_ROUND}
     */
    public static void ofRow(float[] x, float[] whole, float lowest, float round) {
        for (int i = 0; i < x.length; i++) {
            float clamped = Math.max(x[i], lowest) * LOG2_E;
            float rounded = clamped + round;
            float f = clamped - (rounded - round);
            whole[i] = rounded;
            float power = f * C5 + C4;
            power = power * f + C3;
            power = power * f + C2;
            power = power * f + C1;
            x[i] = power * f + 1;
        }
        for (int i = 0; i < x.length; i++) {
            x[i] *= Float.intBitsToFloat(Float.floatToRawIntBits(whole[i]) << SHIFT);
        }
    }
}
