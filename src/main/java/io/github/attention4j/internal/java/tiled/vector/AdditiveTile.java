package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.steps.Tanh;
import io.github.attention4j.internal.java.tiled.GradientPanel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Scores Σ_d vector[d] · tanh(x[d] + a[d]), for x [column][lane] and rows of a, and their gradients. There is a tanh
 * for each element of each pair, beside which nothing else counts.
 */
final class AdditiveTile {
    private static MethodHandle toScores = Apart.find(
            MethodHandles.lookup(),
            "toScores",
            float[].class,
            float[].class,
            int.class,
            int.class,
            int.class,
            float[].class,
            float[].class);

    private static MethodHandle toTanh = Apart.find(
            MethodHandles.lookup(), "toTanh", float[].class, int.class, float[].class, int.class, float[].class);

    private static MethodHandle toGradients = Apart.find(
            MethodHandles.lookup(),
            "toGradients",
            float[].class,
            float[].class,
            float[].class,
            float[].class,
            int.class,
            float[].class,
            int.class,
            float[].class,
            int.class,
            float[].class);

    private static final int LITTLE = 16; // elements: made of fewer, the loop was slower by a quarter ever after
    private static final float[] VECTORS = new float[LITTLE];
    private static final float[] SHORT = new float[LANES];
    private static final float[] LONG = new float[LITTLE * LANES];
    private static final float[] TO = new float[2 * LANES];
    private static final Practice SCORES =
            new Practice(40, turn -> scoreVectors(VECTORS, VECTORS, 0, 1, 1, turn % 16 == 0 ? LONG : SHORT, TO));

    private AdditiveTile() {}

    static void scores(float[] vector, float[] a, int first, int stride, int rows, float[] x, float[] scores) {
        if (SCORES.isOver()) {
            scoreVectors(vector, a, first, stride, rows, x, scores);
            return;
        }
        Arrays.fill(scores, 0, rows * LANES, 0);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < x.length; i++) {
                float sum = x[i] + a[first + row * stride + i / LANES];
                int to = row * LANES + i % LANES;
                scores[to] = Math.fma(Numbers.tanh(sum * Tanh.FACTOR), vector[i / LANES], scores[to]);
            }
        }
    }

    private static void scoreVectors(
            float[] vector, float[] a, int first, int stride, int rows, float[] x, float[] scores) {
        try {
            toScores.invokeExact(vector, a, first, stride, rows, x, scores);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toScores(
            float[] vector, float[] a, int first, int stride, int rows, float[] x, float[] scores) {
        for (int row = 0; row < rows; row++) {
            int at = first + row * stride;
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int d = 0; d < x.length / LANES; d++) {
                    sum = tanh(x, d * LANES + lane, a[at + d]).fma(constant(vector[d]), sum);
                }
                sum.intoArray(scores, row * LANES + lane);
            }
        }
    }

    private static FloatVector tanh(float[] x, int at, float other) {
        return VectorScore.tanh(FloatVector.fromArray(SPECIES, x, at).add(other).mul(constant(Tanh.FACTOR)));
    }

    /**
     * Adds the gradients of x, of a and of the vector.
     *
     * @param grads of the scores, [row][lane]
     * @param weights of which those of hidden pairs are {@link GradientPanel#HIDDEN_WEIGHT}
     * @param gradA of row 0 at {@code to}, rows a stride apart
     * @param tanh for a vector for each column, for now
     */
    static void gradients(
            float[] vector,
            float[] a,
            int first,
            int stride,
            int rows,
            float[] x,
            float[] grads,
            float[] weights,
            float[] gradX,
            float[] gradA,
            int to,
            int gradStride,
            float[] gradVector,
            float[] tanh) {
        try {
            for (int row = 0; row < rows; row++) {
                for (int lane = 0; lane < LANES; lane += VECTOR) {
                    toTanh.invokeExact(x, lane, a, first + row * stride, tanh);
                    toGradients.invokeExact(
                            vector,
                            tanh,
                            grads,
                            weights,
                            row * LANES + lane,
                            gradX,
                            lane,
                            gradA,
                            to + row * gradStride,
                            gradVector);
                }
            }
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toTanh(float[] x, int lane, float[] a, int at, float[] tanh) {
        for (int d = 0; d < x.length / LANES; d++) {
            tanh(x, d * LANES + lane, a[at + d]).intoArray(tanh, d * VECTOR);
        }
    }

    /** Of one row with one vector of lanes. */
    private static void toGradients(
            float[] vector,
            float[] tanhs,
            float[] grads,
            float[] weights,
            int at,
            float[] gradX,
            int lane,
            float[] gradA,
            int to,
            float[] gradVector) {
        FloatVector grad = FloatVector.fromArray(SPECIES, grads, at);
        FloatVector weight = FloatVector.fromArray(SPECIES, weights, at);
        for (int d = 0; d < vector.length; d++) {
            FloatVector tanh = FloatVector.fromArray(SPECIES, tanhs, d * VECTOR);
            FloatVector ofVector = VectorGradients.forget(grad.mul(tanh), weight);
            FloatVector slope = constant(1).sub(tanh.mul(tanh)).mul(constant(vector[d]));
            FloatVector ofSum = VectorGradients.forget(grad.mul(slope), weight);
            FloatVector.fromArray(SPECIES, gradX, d * LANES + lane).add(ofSum).intoArray(gradX, d * LANES + lane);
            gradA[to + d] += ofSum.reduceLanes(VectorOperators.ADD);
            gradVector[d] += ofVector.reduceLanes(VectorOperators.ADD);
        }
    }

    private static FloatVector constant(float x) {
        return FloatVector.broadcast(SPECIES, x);
    }
}
