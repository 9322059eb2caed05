package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;

import io.github.attention4j.internal.java.steps.Tanh;
import io.github.attention4j.internal.java.tiled.GradientPanel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Scores Σ_d vector[d] · tanh(x[d] + a[d]), for x [column][lane] and rows of a, and their gradients. There is a tanh
 * for each element of each pair, beside which nothing else counts.
 */
final class AdditiveTile {
    private AdditiveTile() {}

    static void scores(float[] vector, float[] a, int first, int stride, int rows, float[] x, float[] scores) {
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
            float[] gradVector) {
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                int at = row * LANES + lane;
                FloatVector grad = FloatVector.fromArray(SPECIES, grads, at);
                FloatVector weight = FloatVector.fromArray(SPECIES, weights, at);
                for (int d = 0; d < vector.length; d++) {
                    int column = d * LANES + lane;
                    FloatVector tanh = tanh(x, column, a[first + row * stride + d]);
                    FloatVector ofVector = VectorGradients.forget(grad.mul(tanh), weight);
                    FloatVector slope = constant(1).sub(tanh.mul(tanh)).mul(constant(vector[d]));
                    FloatVector ofSum = VectorGradients.forget(grad.mul(slope), weight);
                    FloatVector.fromArray(SPECIES, gradX, column).add(ofSum).intoArray(gradX, column);
                    gradA[to + row * gradStride + d] += ofSum.reduceLanes(VectorOperators.ADD);
                    gradVector[d] += ofVector.reduceLanes(VectorOperators.ADD);
                }
            }
        }
    }

    private static FloatVector constant(float x) {
        return FloatVector.broadcast(SPECIES, x);
    }
}
