package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.GT;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Softmax;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/** {@link Softmax} of one query's scores, one a key, on vectors. Rows have whole vectors. */
final class VectorRowSoftmax {
    private static MethodHandle ofScores =
            Apart.find(MethodHandles.lookup(), "ofScores", float[].class, float.class, float[].class);

    private VectorRowSoftmax() {}

    /** The largest score; NaN is not looked for, see {@code Panel}. */
    static float largest(float[] row, float[] spare) {
        FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        for (int j = 0; j + VECTOR <= row.length; j += VECTOR) {
            FloatVector score = FloatVector.fromArray(SPECIES, row, j);
            max = max.blend(score, score.compare(GT, max));
        }
        max.intoArray(spare, 0);
        float largest = spare[0];
        for (int i = 1; i < VECTOR; i++) {
            largest = spare[i] > largest ? spare[i] : largest;
        }
        return largest;
    }

    /** Turns scores into weights, and returns the sum of those that count. */
    static float weigh(float[] scores, float shift, float[] spare) {
        try {
            ofScores.invokeExact(scores, shift, spare);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
        float sum0 = 0;
        float sum1 = 0;
        for (int i = 0; i < VECTOR; i += 2) {
            sum0 += spare[i];
            sum1 += spare[i + 1];
        }
        return sum0 + sum1;
    }

    private static void ofScores(float[] scores, float shift, float[] sums) {
        FloatVector added = FloatVector.zero(SPECIES);
        for (int j = 0; j + VECTOR <= scores.length; j += VECTOR) {
            FloatVector score = FloatVector.fromArray(SPECIES, scores, j).sub(shift);
            FloatVector weight = VectorSoftmax.exp(score, Exp.WEIGHT_LOWEST, Exp.WEIGHT_ROUND);
            weight.intoArray(scores, j);
            added = added.add(weight);
        }
        added.intoArray(sums, 0);
    }
}
