package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Tanh;

/** Loops over numbers with the bits of loops over vectors, which they stand in for until those are compiled. */
final class Numbers {
    private Numbers() {}

    /** {@code sum[to + i] += x[at + i] * factor}, rounded once. */
    static void multiplyAdd(float[] x, int at, int count, float factor, float[] sum, int to) {
        for (int i = 0; i < count; i++) {
            sum[to + i] = Math.fma(x[at + i], factor, sum[to + i]);
        }
    }

    /** {@code sum[to + i] += x[at + i] * y[yAt + i]}, rounded once. */
    static void multiplyAdd(float[] x, int at, float[] y, int yAt, int count, float[] sum, int to) {
        for (int i = 0; i < count; i++) {
            sum[to + i] = Math.fma(x[at + i], y[yAt + i], sum[to + i]);
        }
    }

    /** The numbers of 4 bits in as many bytes as a vector has lanes, in the order of {@code Halves}. */
    static void ofHalves(byte[] bytes, int at, float[] to, int toAt) {
        for (int i = 0; i < VECTOR; i++) {
            int both = bytes[at + i];
            to[toAt + i] = both << 28 >> 28;
            to[toAt + VECTOR + i] = both >> 4;
        }
    }

    /** {@link VectorScore#tanh} of one number. */
    static float tanh(float y) {
        float above = y < -Tanh.MOST ? -Tanh.MOST : y;
        float clamped = above > Tanh.MOST ? Tanh.MOST : above;
        float whole = clamped + Exp.ROUND;
        float f = clamped - (whole - Exp.ROUND);
        float power = Math.fma(f, Tanh.C6, Tanh.C5);
        power = Math.fma(power, f, Tanh.C4);
        power = Math.fma(power, f, Tanh.C3);
        power = Math.fma(power, f, Tanh.C2);
        power = Math.fma(power, f, Tanh.C1) * f;
        float integer = Float.intBitsToFloat(Float.floatToRawIntBits(whole) << Exp.SHIFT);
        float e = Math.fma(power, integer, integer - 1);
        return e / (e + 2);
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
