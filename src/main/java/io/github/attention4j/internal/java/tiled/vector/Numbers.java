package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.steps.Exp;

/** Loops over numbers with the bits of loops over vectors, which they stand in for until those are compiled. */
final class Numbers {
    private Numbers() {}

    /** {@code sum[to + i] += x[at + i] * factor}, rounded once. */
    static void multiplyAdd(float[] x, int at, int count, float factor, float[] sum, int to) {
        for (int i = 0; i < count; i++) {
            sum[to + i] = Math.fma(x[at + i], factor, sum[to + i]);
        }
    }

    /** {@link VectorSoftmax#exp} of one number. */
    static float exp(float x, float lowest, float round) {
        float clamped = x < lowest ? lowest : x;
        float whole = Math.fma(clamped, Exp.LOG2_E, round);
        float f = Math.fma(clamped, Exp.LOG2_E, round - whole);
        float power = Math.fma(f, Exp.C5, Exp.C4);
        power = Math.fma(power, f, Exp.C3);
        power = Math.fma(power, f, Exp.C2);
        power = Math.fma(power, f, Exp.C1);
        power = Math.fma(power, f, 1);
        return power * Float.intBitsToFloat(Float.floatToRawIntBits(whole) << Exp.SHIFT);
    }
}
