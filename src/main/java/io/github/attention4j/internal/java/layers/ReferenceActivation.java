package io.github.attention4j.internal.java.layers;

import io.github.attention4j.layers.Activation;

/** The definition of activations, in double precision. */
public final class ReferenceActivation {
    /** From here on, the error function is 1 in double precision. */
    private static final double ERF_IS_ONE = 6;

    private ReferenceActivation() {}

    /** The function of x. */
    public static double of(Activation activation, double x) {
        return switch (activation) {
            case NONE -> x;
            case RELU -> x > 0 ? x : x == x ? 0 : x;
            case GELU -> infinite(x) ? Math.max(x, 0) : x / 2 * (1 + erf(x / Math.sqrt(2)));
            case GELU_TANH ->
                infinite(x)
                        ? Math.max(x, 0)
                        : x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case SILU -> infinite(x) ? Math.max(x, 0) : x / (1 + Math.exp(-x));
        };
    }

    /** Its derivative at x. */
    public static double slope(Activation activation, double x) {
        double y = Math.max(-1e3, Math.min(x, 1e3)); // beyond, all are as flat or steep as they get
        return switch (activation) {
            case NONE -> 1;
            case RELU -> x > 0 ? 1 : x == x ? 0 : x;
            case GELU -> (1 + erf(y / Math.sqrt(2))) / 2 + y * Math.exp(-y * y / 2) / Math.sqrt(2 * Math.PI);
            case GELU_TANH -> {
                double inner = Math.sqrt(2 / Math.PI) * (y + 0.044715 * y * y * y);
                double tanh = Math.tanh(inner);
                double slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * y * y);
                yield (1 + tanh) / 2 + y / 2 * (1 - tanh * tanh) * slope;
            }
            case SILU -> {
                double sigmoid = 1 / (1 + Math.exp(-y));
                yield sigmoid * (1 + y * (1 - sigmoid));
            }
        };
    }

    private static boolean infinite(double x) {
        return Double.isInfinite(x);
    }

    /** The error function, by a series of positive terms: 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1 · 3 · … · (2n+1)). */
    static double erf(double x) {
        double size = Math.abs(x);
        if (size >= ERF_IS_ONE) {
            return Math.signum(x);
        }
        double term = size;
        double sum = size;
        for (int n = 1; term > sum * 0x1p-60; n++) {
            term *= 2 * size * size / (2 * n + 1);
            sum += term;
        }
        return Math.signum(x) * 2 / Math.sqrt(Math.PI) * Math.exp(-size * size) * sum;
    }
}
