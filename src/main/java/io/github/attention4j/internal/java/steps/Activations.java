package io.github.attention4j.internal.java.steps;

import io.github.attention4j.layers.Activation;

/**
 * The functions of {@link Activation} in floats, as both kinds of micro-kernels compute them. All but the simplest are
 * x times a share of it, so −∞ is taken for {@link #LEAST}, where the share is as good as 0; NaN stays NaN.
 *
 * <p>GELU: the normal distribution Φ(−t√2) is half of erfc(t) = e^(−t²) · u · P(u) with u = 1 / (1 + {@link #P} t); the
 * polynomial's relative error is below 9e-8 for t up to 9.5, beyond which nothing is left in a float. Φ itself is then
 * within 3e-7, and relatively within 3e-6 where it is small, by the rounding of t².
 */
public final class Activations {
    /** What −∞ counts as. */
    public static final float LEAST = -1e4f;

    public static final float P = 0.33f;

    public static final float C8 = -0.13592888f;
    public static final float C7 = 0.46268861f;
    public static final float C6 = -0.35543962f;
    public static final float C5 = 0.41254226f;
    public static final float C4 = 0.04501028f;
    public static final float C3 = 0.20192394f;
    public static final float C2 = 0.18283722f;
    public static final float C1 = 0.18636611f;

    /** 1 / √2. */
    public static final float ROOT_OF_HALF = 0.70710678f;

    /** 2 · √(2/π): GELU_TANH is x · sigmoid(this · (x + CUBE x³)). */
    public static final float TANH_FACTOR = 1.59576912f;

    public static final float CUBE = 0.044715f;

    /** Where {@link #slope} ends. */
    public static final float FLAT = 30;

    /** 1 / √(2π). */
    private static final float DENSITY = 0.39894228f;

    private Activations() {}

    /** The function of each element, in its place. */
    public static void ofRow(Activation activation, float[] x, int at, int count) {
        switch (activation) {
            case NONE -> {}
            case RELU -> {
                for (int i = at; i < at + count; i++) {
                    x[i] = Math.max(x[i], 0);
                }
            }
            case GELU -> {
                for (int i = at; i < at + count; i++) {
                    x[i] = Math.max(x[i], LEAST) * normal(x[i]);
                }
            }
            case GELU_TANH -> {
                for (int i = at; i < at + count; i++) {
                    float y = Math.max(x[i], LEAST);
                    x[i] = y * sigmoid(TANH_FACTOR * (y + CUBE * y * y * y));
                }
            }
            case SILU -> {
                for (int i = at; i < at + count; i++) {
                    x[i] = Math.max(x[i], LEAST) * sigmoid(x[i]);
                }
            }
        }
    }

    /** The derivative at x; beyond ±{@link #FLAT} they are as flat or steep as they get. */
    public static float slope(Activation activation, float x) {
        float y = Math.max(-FLAT, Math.min(x, FLAT));
        return switch (activation) {
            case NONE -> 1;
            case RELU -> x > 0 ? 1 : x == x ? 0 : x;
            case GELU -> normal(y) + y * DENSITY * exp(y * y * -0.5f);
            case GELU_TANH -> {
                float inner = TANH_FACTOR * (y + CUBE * y * y * y);
                yield sigmoid(inner) * (1 + y * sigmoid(-inner) * TANH_FACTOR * (1 + 3 * CUBE * y * y));
            }
            case SILU -> sigmoid(y) * (1 + y * sigmoid(-y));
        };
    }

    private static float sigmoid(float x) {
        return 1 / (1 + exp(-x));
    }

    /** Φ(x). */
    private static float normal(float x) {
        float t = Math.abs(x) * ROOT_OF_HALF;
        float u = 1 / (1 + P * t);
        float sum = C8 * u + C7;
        sum = sum * u + C6;
        sum = sum * u + C5;
        sum = sum * u + C4;
        sum = sum * u + C3;
        sum = sum * u + C2;
        sum = sum * u + C1;
        float above = sum * u * 0.5f * exp(-t * t);
        return x < 0 ? above : 1 - above;
    }

    /** e^x for x up to {@link Exp#HIGHEST}, which larger ones count as. */
    private static float exp(float x) {
        float y = Math.max(Math.min(x, Exp.HIGHEST), Exp.LOWEST) * Exp.LOG2_E;
        float rounded = y + Exp.ROUND;
        float f = y - (rounded - Exp.ROUND);
        float power = f * Exp.C5 + Exp.C4;
        power = power * f + Exp.C3;
        power = power * f + Exp.C2;
        power = power * f + Exp.C1;
        power = power * f + 1;
        return power * Float.intBitsToFloat(Float.floatToRawIntBits(rounded) << Exp.SHIFT);
    }
}
