package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.github.attention4j.internal.java.steps.Activations;
import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.layers.Activation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/** {@link Activations} on vectors. GELU goes twice over a row, for all of it at once is too much for C2 of Java 17. */
final class VectorActivations {
    private static MethodHandle tails =
            Apart.find(MethodHandles.lookup(), "tails", float[].class, int.class, float[].class);

    private static MethodHandle geluOfTails =
            Apart.find(MethodHandles.lookup(), "geluOfTails", float[].class, int.class, float[].class);

    private VectorActivations() {}

    /** As many elements as there are whole vectors of; returns their number. */
    static int ofRow(Activation activation, float[] x, int at, int count) {
        int end = at + count / VECTOR * VECTOR;
        switch (activation) {
            case GELU -> gelu(x, at, end);
            case GELU_TANH -> geluTanh(x, at, end);
            case SILU -> silu(x, at, end);
            default -> {
                return 0; // loops that the compiler makes vectors of
            }
        }
        return end - at;
    }

    private static void gelu(float[] x, int at, int end) {
        float[] beyond = new float[end - at];
        try {
            tails.invokeExact(x, at, beyond);
            geluOfTails.invokeExact(x, at, beyond);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    /** erfc(t) / 2 / e^(−t²). */
    private static void tails(float[] x, int at, float[] beyond) {
        for (int i = 0; i < beyond.length; i += VECTOR) {
            FloatVector t = FloatVector.fromArray(SPECIES, x, at + i).abs().mul(Activations.ROOT_OF_HALF);
            FloatVector u = constant(1).div(t.fma(constant(Activations.P), constant(1)));
            FloatVector sum = u.fma(constant(Activations.C8), constant(Activations.C7));
            sum = sum.fma(u, constant(Activations.C6));
            sum = sum.fma(u, constant(Activations.C5));
            sum = sum.fma(u, constant(Activations.C4));
            sum = sum.fma(u, constant(Activations.C3));
            sum = sum.fma(u, constant(Activations.C2));
            sum = sum.fma(u, constant(Activations.C1));
            sum.mul(u).mul(0.5f).intoArray(beyond, i);
        }
    }

    private static void geluOfTails(float[] x, int at, float[] beyond) {
        for (int i = 0; i < beyond.length; i += VECTOR) {
            FloatVector y = least(FloatVector.fromArray(SPECIES, x, at + i));
            FloatVector above =
                    FloatVector.fromArray(SPECIES, beyond, i).mul(exp(y.mul(y).mul(-0.5f)));
            FloatVector normal = constant(1).sub(above).blend(above, y.compare(LT, 0));
            y.mul(normal).intoArray(x, at + i);
        }
    }

    private static void geluTanh(float[] x, int at, int end) {
        for (int i = at; i < end; i += VECTOR) {
            FloatVector y = least(FloatVector.fromArray(SPECIES, x, i));
            FloatVector inner =
                    y.mul(y).mul(y).fma(constant(Activations.CUBE), y).mul(-Activations.TANH_FACTOR);
            y.div(exp(inner).add(1)).intoArray(x, i);
        }
    }

    private static void silu(float[] x, int at, int end) {
        for (int i = at; i < end; i += VECTOR) {
            FloatVector y = least(FloatVector.fromArray(SPECIES, x, i));
            y.div(exp(y.neg()).add(1)).intoArray(x, i);
        }
    }

    private static FloatVector least(FloatVector x) {
        return x.blend(Activations.LEAST, x.compare(LT, Activations.LEAST));
    }

    private static FloatVector exp(FloatVector exponent) {
        FloatVector x = Apart.known(exponent);
        return VectorSoftmax.exp(x.blend(Exp.HIGHEST, x.compare(GT, Exp.HIGHEST)), Exp.LOWEST, Exp.ROUND);
    }

    private static FloatVector constant(float x) {
        return FloatVector.broadcast(SPECIES, x);
    }
}
