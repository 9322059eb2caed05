package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.GT;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Softmax;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** {@link Softmax} of one query's scores, one a key, on vectors. Rows have whole vectors. */
final class VectorRowSoftmax {
    private static MethodHandle ofScores =
            Apart.find(MethodHandles.lookup(), "ofScores", float[].class, float.class, float[].class);

    private static MethodHandle toMaxima = Apart.find(MethodHandles.lookup(), "toMaxima", float[].class, float[].class);

    private static final float[] SHORT = new float[VECTOR];
    private static final float[] LONG = new float[2 * VECTOR];
    private static final float[] SPARE = new float[VECTOR];
    private static final Practice PRACTICE = new Practice(20, VectorRowSoftmax::practise);

    private VectorRowSoftmax() {}

    private static void practise(int turn) {
        float[] row = turn % 16 == 0 ? LONG : SHORT;
        raiseVectors(row, SPARE);
        weighVectors(row, 0, SPARE);
    }

    /** The largest score; NaN is not looked for, see {@code Panel}. */
    static float largest(float[] row, float[] spare) {
        if (PRACTICE.isOver()) {
            raiseVectors(row, spare);
        } else {
            Arrays.fill(spare, 0, VECTOR, Float.NEGATIVE_INFINITY);
            for (int j = 0; j < row.length; j++) {
                spare[j % VECTOR] = row[j] > spare[j % VECTOR] ? row[j] : spare[j % VECTOR];
            }
        }
        float largest = spare[0];
        for (int i = 1; i < VECTOR; i++) {
            largest = spare[i] > largest ? spare[i] : largest;
        }
        return largest;
    }

    private static void raiseVectors(float[] row, float[] maxima) {
        try {
            toMaxima.invokeExact(row, maxima);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toMaxima(float[] row, float[] maxima) {
        FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        for (int j = 0; j + VECTOR <= row.length; j += VECTOR) {
            FloatVector score = FloatVector.fromArray(SPECIES, row, j);
            max = max.blend(score, score.compare(GT, max));
        }
        max.intoArray(maxima, 0);
    }

    /** Turns scores into weights, and returns the sum of those that count. */
    static float weigh(float[] scores, float shift, float[] spare) {
        if (PRACTICE.isOver()) {
            weighVectors(scores, shift, spare);
        } else {
            Arrays.fill(spare, 0, VECTOR, 0);
            for (int j = 0; j < scores.length; j++) {
                scores[j] = Numbers.exp(scores[j] - shift, Exp.WEIGHT_LOWEST, Exp.WEIGHT_ROUND);
                spare[j % VECTOR] += scores[j];
            }
        }
        float sum0 = 0;
        float sum1 = 0;
        for (int i = 0; i < VECTOR; i += 2) {
            sum0 += spare[i];
            sum1 += spare[i + 1];
        }
        return sum0 + sum1;
    }

    private static void weighVectors(float[] scores, float shift, float[] sums) {
        try {
            ofScores.invokeExact(scores, shift, sums);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
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
