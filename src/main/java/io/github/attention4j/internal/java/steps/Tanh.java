package io.github.attention4j.internal.java.steps;

/**
 * tanh(x) without tables, as both kinds of micro-kernels compute it for the softcap: relative error below 4e-7, near 0
 * too, exactly ±1 from ±9 on, NaN for NaN.
 *
 * <p>tanh(x) = e / (e + 2) with e = e^2x − 1. As in {@link Exp}, y = 2x · log2(e) is taken apart into an integer n and
 * f in [−1/2, 1/2]; a polynomial without a constant gives 2^f − 1, and e = 2^n · (2^f − 1) + (2^n − 1) has no rounding
 * that a small x would suffer from.
 */
public final class Tanh {
    /** y = x · this. */
    public static final float FACTOR = 2 * Exp.LOG2_E;

    /** Beyond ± this, y makes no difference. */
    public static final float MOST = 26;

    /** Minimax coefficients of 2^f − 1, relative error 1.1e-8, highest power first; there is no constant. */
    public static final float C6 = 0.00015403512f;

    public static final float C5 = 0.0013390735f;
    public static final float C4 = 0.0096182376f;
    public static final float C3 = 0.055503573f;
    public static final float C2 = 0.2402264923f;
    public static final float C1 = 0.6931471825f;

    private Tanh() {}

    /** 2^f − 1. */
    private static float powerLessOne(float f) {
        float power = f * C6 + C5;
        power = power * f + C4;
        power = power * f + C3;
        power = power * f + C2;
        power = power * f + C1;
        return power * f;
    }

    /** Of one number. */
    public static float of(float x) {
        float y = Math.max(-MOST, Math.min(MOST, x * FACTOR));
        float rounded = y + Exp.ROUND;
        float f = y - (rounded - Exp.ROUND);
        float whole = Float.intBitsToFloat(Float.floatToRawIntBits(rounded) << Exp.SHIFT);
        float e = powerLessOne(f) * whole + (whole - 1);
        return e / (e + 2);
    }

    /**
     * cap · tanh(x / cap) of each element, in its place; two loops as in {@link Exp#ofRow}.
     *
     * @param whole as long as the row, for what is between
     */
    public static void capRow(float[] x, float[] whole, float cap) {
        float factor = FACTOR / cap;
        for (int i = 0; i < x.length; i++) {
            float y = Math.max(-MOST, Math.min(MOST, x[i] * factor));
            float rounded = y + Exp.ROUND;
            float f = y - (rounded - Exp.ROUND);
            whole[i] = rounded;
            x[i] = powerLessOne(f);
        }
        for (int i = 0; i < x.length; i++) {
            float power = Float.intBitsToFloat(Float.floatToRawIntBits(whole[i]) << Exp.SHIFT);
            float e = x[i] * power + (power - 1);
            x[i] = cap * (e / (e + 2));
        }
    }
}
