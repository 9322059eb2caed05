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

    private static MethodHandle toSlopes =
            Apart.find(MethodHandles.lookup(), "toSlopes", float[].class, int.class, float.class, float[].class);
    private static MethodHandle toForgotten =
            Apart.find(MethodHandles.lookup(), "toForgotten", float[].class, float[].class, int.class);
    private static MethodHandle toSums = Apart.find(
            MethodHandles.lookup(), "toSums", float[].class, int.class, float[].class, int.class, int.class, int.class);

    private static final float[] GRADS = new float[2 * LANES];
    private static final float[] WEIGHTS = new float[2 * LANES];
    private static final float[] ROWS = new float[2];
    private static final Practice SLOPES = new Practice(6, turn -> vectorSlopes(WEIGHTS, rows(turn), 1, GRADS));
    private static final Practice SCORES =
            new Practice(50, turn -> gradVectors(GRADS, WEIGHTS, ROWS, ROWS, 0, rows(turn)));
    private static final Practice HIDDEN = new Practice(8, turn -> forgetVectors(GRADS, WEIGHTS, rows(turn)));
    private static final Practice SUMS =
            new Practice(6, turn -> addVectors(GRADS, 1, WEIGHTS, 0, 0, turn % 16 == 0 ? 2 * VECTOR : VECTOR));

    private VectorGradients() {}

    private static int rows(int turn) {
        return turn % 16 == 0 ? 2 : 1;
    }

    /** The derivative of a capped score by the score: 1 − tanh². */
    static void slopes(float[] capped, int rows, float cap, float[] slopes) {
        if (SLOPES.isOver()) {
            vectorSlopes(capped, rows, cap, slopes);
            return;
        }
        for (int i = 0; i < rows * LANES; i++) {
            float tanh = capped[i] * (1 / cap);
            slopes[i] = 1 - tanh * tanh;
        }
    }

    private static void vectorSlopes(float[] capped, int rows, float cap, float[] slopes) {
        try {
            toSlopes.invokeExact(capped, rows, cap, slopes);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toSlopes(float[] capped, int rows, float cap, float[] slopes) {
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
        if (SCORES.isOver()) {
            gradVectors(grads, weights, lse, delta, first, rows);
            return;
        }
        for (int i = 0; i < rows * LANES; i++) {
            int row = first + i / LANES;
            float x = weights[i] - lse[row];
            boolean isHidden = weights[i] == Float.NEGATIVE_INFINITY;
            weights[i] = isHidden
                    ? GradientPanel.HIDDEN_WEIGHT
                    : Numbers.exp(x > Exp.HIGHEST ? Exp.HIGHEST : x, Exp.LOWEST, Exp.ROUND);
            grads[i] = forget((grads[i] - delta[row]) * weights[i], weights[i]);
        }
    }

    private static float forget(float grad, float weight) {
        boolean isHidden = Float.floatToRawIntBits(weight) == Float.floatToRawIntBits(GradientPanel.HIDDEN_WEIGHT);
        return isHidden ? 0 : grad;
    }

    private static void gradVectors(float[] grads, float[] weights, float[] lse, float[] delta, int first, int rows) {
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
        if (HIDDEN.isOver()) {
            forgetVectors(grads, weights, rows);
            return;
        }
        for (int i = 0; i < rows * LANES; i++) {
            grads[i] = forget(grads[i], weights[i]);
        }
    }

    private static void forgetVectors(float[] grads, float[] weights, int rows) {
        try {
            toForgotten.invokeExact(grads, weights, rows);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toForgotten(float[] grads, float[] weights, int rows) {
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
        return Apart.known(grad)
                .reinterpretAsInts()
                .blend(0, Apart.known(weight).reinterpretAsInts().compare(EQ, hidden))
                .reinterpretAsFloats();
    }

    /** Adds the first columns of a tile's rows to rows elsewhere. */
    static void addRows(float[] tile, int rows, float[] to, int first, int stride, int columns) {
        if (SUMS.isOver()) {
            addVectors(tile, rows, to, first, stride, columns);
            return;
        }
        for (int row = 0; row < rows; row++) {
            addNumbers(tile, row, 0, to, first + row * stride, columns);
        }
    }

    private static void addVectors(float[] tile, int rows, float[] to, int first, int stride, int columns) {
        try {
            toSums.invokeExact(tile, rows, to, first, stride, columns);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toSums(float[] tile, int rows, float[] to, int first, int stride, int columns) {
        for (int row = 0; row < rows; row++) {
            int at = first + row * stride;
            int d = 0;
            for (; d + VECTOR <= columns; d += VECTOR) {
                FloatVector.fromArray(SPECIES, to, at + d)
                        .add(FloatVector.fromArray(SPECIES, tile, row * LANES + d))
                        .intoArray(to, at + d);
            }
            addNumbers(tile, row, d, to, at, columns);
        }
    }

    private static void addNumbers(float[] tile, int row, int from, float[] to, int at, int columns) {
        for (int d = from; d < columns; d++) {
            to[at + d] += tile[row * LANES + d];
        }
    }
}
