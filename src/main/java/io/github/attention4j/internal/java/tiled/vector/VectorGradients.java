package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.tiled.GradientPanel;
import jdk.incubator.vector.FloatVector;

/** From scores to weights and to gradients of scores, on vectors, for tiles [query][lane]. */
final class VectorGradients {
    private VectorGradients() {}

    /** The derivative of a capped score by the score: 1 − tanh². */
    static void slopes(float[] capped, int rows, float cap, float[] slopes) {
        for (int at = 0; at < rows * LANES; at += VECTOR) {
            FloatVector tanh = FloatVector.fromArray(SPECIES, capped, at).mul(1 / cap);
            FloatVector.broadcast(SPECIES, 1).sub(tanh.mul(tanh)).intoArray(slopes, at);
        }
    }

    static void weigh(float[] scores, float[] lse, int first, int rows) {
        for (int row = 0; row < rows; row++) {
            FloatVector shift = FloatVector.broadcast(SPECIES, lse[first + row]);
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                int at = row * LANES + lane;
                FloatVector x = FloatVector.fromArray(SPECIES, scores, at).sub(shift);
                VectorSoftmax.exp(x.blend(Exp.HIGHEST, x.compare(GT, Exp.HIGHEST)), Exp.LOWEST, Exp.ROUND)
                        .intoArray(scores, at);
            }
        }
    }

    /** {@link #weigh} where pairs may be hidden. */
    static void weighSeen(float[] scores, float[] lse, int first, int rows) {
        for (int row = 0; row < rows; row++) {
            FloatVector shift = FloatVector.broadcast(SPECIES, lse[first + row]);
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                int at = row * LANES + lane;
                FloatVector score = FloatVector.fromArray(SPECIES, scores, at);
                FloatVector x = score.sub(shift);
                VectorSoftmax.exp(x.blend(Exp.HIGHEST, x.compare(GT, Exp.HIGHEST)), Exp.LOWEST, Exp.ROUND)
                        .blend(GradientPanel.HIDDEN_WEIGHT, score.compare(EQ, Float.NEGATIVE_INFINITY))
                        .intoArray(scores, at);
            }
        }
    }

    static void gradScores(float[] grads, float[] weights, float[] delta, int first, int rows) {
        for (int row = 0; row < rows; row++) {
            FloatVector shift = FloatVector.broadcast(SPECIES, delta[first + row]);
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                int at = row * LANES + lane;
                FloatVector.fromArray(SPECIES, grads, at)
                        .sub(shift)
                        .mul(FloatVector.fromArray(SPECIES, weights, at))
                        .intoArray(grads, at);
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
