package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.tiled.GradientPanel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/** From scores to weights and to gradients of scores, on vectors, for tiles [query][lane]. */
final class VectorGradients {
    private static MethodHandle ofScores = Apart.find(
            MethodHandles.lookup(),
            "ofScores",
            float[].class,
            float[].class,
            float[].class,
            float[].class,
            int.class,
            int.class);

    private VectorGradients() {}

    /** The derivative of a capped score by the score: 1 − tanh². */
    static void slopes(float[] capped, int rows, float cap, float[] slopes) {
        for (int at = 0; at < rows * LANES; at += VECTOR) {
            FloatVector tanh = FloatVector.fromArray(SPECIES, capped, at).mul(1 / cap);
            FloatVector.broadcast(SPECIES, 1).sub(tanh.mul(tanh)).intoArray(slopes, at);
        }
    }

    /**
     * Weights of scores, and gradients of scores of those of weights. Pairs that are hidden are looked for always: it
     * costs nothing beside the products.
     */
    static void gradScores(float[] grads, float[] weights, float[] lse, float[] delta, int first, int rows) {
        try {
            ofScores.invokeExact(grads, weights, lse, delta, first, rows);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void ofScores(float[] grads, float[] weights, float[] lse, float[] delta, int first, int rows) {
        for (int row = 0; row < rows; row++) {
            FloatVector logarithm = FloatVector.broadcast(SPECIES, lse[first + row]);
            FloatVector mean = FloatVector.broadcast(SPECIES, delta[first + row]);
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                int at = row * LANES + lane;
                FloatVector score = FloatVector.fromArray(SPECIES, weights, at);
                FloatVector x = score.sub(logarithm);
                FloatVector weight = VectorSoftmax.exp(
                                x.blend(Exp.HIGHEST, x.compare(GT, Exp.HIGHEST)), Exp.LOWEST, Exp.ROUND)
                        .blend(GradientPanel.HIDDEN_WEIGHT, score.compare(EQ, Float.NEGATIVE_INFINITY));
                FloatVector grad =
                        FloatVector.fromArray(SPECIES, grads, at).sub(mean).mul(weight);
                weight.intoArray(weights, at);
                forget(grad, weight).intoArray(grads, at);
            }
        }
    }

    static void forgetHidden(float[] grads, float[] weights, int rows) {
        for (int at = 0; at < rows * LANES; at += VECTOR) {
            FloatVector weight = FloatVector.fromArray(SPECIES, weights, at);
            forget(FloatVector.fromArray(SPECIES, grads, at), weight).intoArray(grads, at);
        }
    }

    /**
     * 0 where a weight is that of a hidden pair. Blended as integers: C2 of Java 17 makes objects of masks it casts.
     */
    static FloatVector forget(FloatVector grad, FloatVector weight) {
        int hidden = Float.floatToRawIntBits(GradientPanel.HIDDEN_WEIGHT);
        return grad.reinterpretAsInts()
                .blend(0, weight.reinterpretAsInts().compare(EQ, hidden))
                .reinterpretAsFloats();
    }

    /** Adds the first columns of a tile's rows to rows elsewhere. */
    static void addRows(float[] tile, int rows, float[] to, int first, int stride, int columns) {
        for (int row = 0; row < rows; row++) {
            int at = first + row * stride;
            int d = 0;
            for (; d + VECTOR <= columns; d += VECTOR) {
                FloatVector.fromArray(SPECIES, to, at + d)
                        .add(FloatVector.fromArray(SPECIES, tile, row * LANES + d))
                        .intoArray(to, at + d);
            }
            for (; d < columns; d++) {
                to[at + d] += tile[row * LANES + d];
            }
        }
    }
}
