package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Softmax;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Softmax} on vectors, for scores [key][lane].
 *
 * <p>The steps hand over arrays: a vector that is returned from a method, or a loop's result that leaves it so, is made
 * an object once a step by C2 of Java 17.
 */
final class VectorSoftmax {
    private static MethodHandle toMaxima =
            Apart.find(MethodHandles.lookup(), "toMaxima", float[].class, int.class, float[].class, float[].class);

    private static MethodHandle toWeights = Apart.find(
            MethodHandles.lookup(), "toWeights", float[].class, int.class, int.class, float[].class, float[].class);

    private static MethodHandle toSums = Apart.find(
            MethodHandles.lookup(),
            "toSums",
            float[].class,
            float[].class,
            float[].class,
            float[].class,
            float[].class);

    private static MethodHandle toScale =
            Apart.find(MethodHandles.lookup(), "toScale", float[].class, int.class, int.class, float[].class);

    private static final int LITTLE = 5;
    private static final float[] SCORES = new float[LITTLE * LANES];
    private static final float[] OUT = new float[LITTLE * LANES];
    private static final float[][] STATE = new float[5][LANES];
    private static final Practice PRACTICE = new Practice(30, VectorSoftmax::practise);

    private VectorSoftmax() {}

    private static void practise(int turn) {
        int keys = turn % 16 == 0 ? LITTLE : 1;
        raiseVectors(SCORES, keys, STATE[0], STATE[2]);
        weighVectors(SCORES, turn % 2 * VECTOR, keys, STATE[0], STATE[4]);
        addVectors(STATE[0], STATE[1], STATE[2], STATE[4], STATE[3]);
        rescaleVectors(OUT, turn % 2 * VECTOR, keys, turn % 4 == 0 ? STATE[0] : STATE[3]); // by 0 and by 1
    }

    /**
     * Keeps max in before and raises it to the scores. A blend and not max(), which takes five instructions to treat
     * NaN and -0 as Java does.
     */
    static void raise(float[] scores, int keys, float[] max, float[] before) {
        if (PRACTICE.isOver()) {
            raiseVectors(scores, keys, max, before);
            return;
        }
        System.arraycopy(max, 0, before, 0, LANES);
        for (int j = 0; j < keys; j++) {
            for (int i = 0; i < LANES; i++) {
                max[i] = scores[j * LANES + i] > max[i] ? scores[j * LANES + i] : max[i];
            }
        }
    }

    private static void raiseVectors(float[] scores, int keys, float[] max, float[] before) {
        try {
            toMaxima.invokeExact(scores, keys, max, before);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    /**
     * One vector of queries after the other; of every fourth key by itself, as a comparison waits for the one before.
     */
    private static void toMaxima(float[] scores, int keys, float[] max, float[] before) {
        for (int lane = 0; lane < LANES; lane += VECTOR) {
            FloatVector max0 = FloatVector.fromArray(SPECIES, max, lane);
            max0.intoArray(before, lane);
            FloatVector max1 = max0;
            FloatVector max2 = max0;
            FloatVector max3 = max0;
            int j = 0;
            for (; j + 3 < keys; j += 4) {
                FloatVector score0 = FloatVector.fromArray(SPECIES, scores, j * LANES + lane);
                FloatVector score1 = FloatVector.fromArray(SPECIES, scores, (j + 1) * LANES + lane);
                FloatVector score2 = FloatVector.fromArray(SPECIES, scores, (j + 2) * LANES + lane);
                FloatVector score3 = FloatVector.fromArray(SPECIES, scores, (j + 3) * LANES + lane);
                max0 = max0.blend(score0, score0.compare(GT, max0));
                max1 = max1.blend(score1, score1.compare(GT, max1));
                max2 = max2.blend(score2, score2.compare(GT, max2));
                max3 = max3.blend(score3, score3.compare(GT, max3));
            }
            for (; j < keys; j++) {
                FloatVector score = FloatVector.fromArray(SPECIES, scores, j * LANES + lane);
                max0 = max0.blend(score, score.compare(GT, max0));
            }
            max0 = max0.blend(max1, max1.compare(GT, max0));
            max2 = max2.blend(max3, max3.compare(GT, max2));
            max0.blend(max2, max2.compare(GT, max0)).intoArray(max, lane);
        }
    }

    /** Turns the scores of one vector of queries into weights, whose sums it keeps. */
    static void weigh(float[] scores, int lane, int keys, float[] max, float[] added) {
        if (PRACTICE.isOver()) {
            weighVectors(scores, lane, keys, max, added);
            return;
        }
        for (int i = lane; i < lane + VECTOR; i++) {
            float shift = shift(max[i]);
            added[i] = 0;
            for (int j = 0; j < keys; j++) {
                float weight = Numbers.exp(scores[j * LANES + i] - shift, Exp.WEIGHT_LOWEST, Exp.WEIGHT_ROUND);
                scores[j * LANES + i] = weight;
                added[i] += weight;
            }
        }
    }

    /** Where nothing was seen yet, subtract 0: -inf minus -inf would be NaN. */
    private static float shift(float max) {
        return max == Float.NEGATIVE_INFINITY ? 0 : max;
    }

    private static void weighVectors(float[] scores, int lane, int keys, float[] max, float[] added) {
        try {
            toWeights.invokeExact(scores, lane, keys, max, added);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    /** {@link #weigh}, one vector a step: C2 does worse with two. */
    private static void toWeights(float[] scores, int lane, int keys, float[] max, float[] added) {
        FloatVector largest = FloatVector.fromArray(SPECIES, max, lane);
        FloatVector shift = largest.blend(0, largest.compare(EQ, Float.NEGATIVE_INFINITY));
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int j = 0; j < keys; j++) {
            FloatVector weight = exp(
                    FloatVector.fromArray(SPECIES, scores, j * LANES + lane).sub(shift),
                    Exp.WEIGHT_LOWEST,
                    Exp.WEIGHT_ROUND);
            weight.intoArray(scores, j * LANES + lane);
            sum = sum.add(weight);
        }
        sum.intoArray(added, lane);
    }

    /** Adds to the sums what the weights came to; factor says what became of the weights before. */
    static void add(float[] max, float[] sum, float[] before, float[] added, float[] factor) {
        if (PRACTICE.isOver()) {
            addVectors(max, sum, before, added, factor);
            return;
        }
        for (int i = 0; i < LANES; i++) {
            factor[i] = Numbers.exp(before[i] - shift(max[i]), Exp.LOWEST, Exp.ROUND);
            sum[i] = Math.fma(sum[i], factor[i], added[i]);
        }
    }

    private static void addVectors(float[] max, float[] sum, float[] before, float[] added, float[] factor) {
        try {
            toSums.invokeExact(max, sum, before, added, factor);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toSums(float[] max, float[] sum, float[] before, float[] added, float[] factor) {
        for (int lane = 0; lane < LANES; lane += VECTOR) {
            FloatVector largest = FloatVector.fromArray(SPECIES, max, lane);
            FloatVector shift = largest.blend(0, largest.compare(EQ, Float.NEGATIVE_INFINITY));
            FloatVector past = exp(FloatVector.fromArray(SPECIES, before, lane).sub(shift), Exp.LOWEST, Exp.ROUND);
            past.intoArray(factor, lane);
            FloatVector.fromArray(SPECIES, sum, lane)
                    .fma(past, FloatVector.fromArray(SPECIES, added, lane))
                    .intoArray(sum, lane);
        }
    }

    /** See {@link Exp}; the multiplication by log2(e) costs nothing where it is. */
    static FloatVector exp(FloatVector exponent, float lowest, float round) {
        FloatVector x = Apart.known(exponent);
        FloatVector clamped = x.blend(lowest, x.compare(LT, lowest));
        FloatVector whole = clamped.fma(constant(Exp.LOG2_E), constant(round));
        FloatVector f = clamped.fma(constant(Exp.LOG2_E), constant(round).sub(whole));
        FloatVector power = f.fma(constant(Exp.C5), constant(Exp.C4));
        power = power.fma(f, constant(Exp.C3));
        power = power.fma(f, constant(Exp.C2));
        power = power.fma(f, constant(Exp.C1));
        power = power.fma(f, constant(1));
        return power.mul(whole.reinterpretAsInts().lanewise(LSHL, Exp.SHIFT).reinterpretAsFloats());
    }

    private static FloatVector constant(float x) {
        return FloatVector.broadcast(SPECIES, x);
    }

    static void rescale(float[] out, int lane, int rows, float[] factor) {
        if (PRACTICE.isOver()) {
            rescaleVectors(out, lane, rows, factor);
            return;
        }
        for (int d = 0; d < rows; d++) {
            for (int i = lane; i < lane + VECTOR; i++) {
                out[d * LANES + i] *= factor[i];
            }
        }
    }

    private static void rescaleVectors(float[] out, int lane, int rows, float[] factor) {
        try {
            toScale.invokeExact(out, lane, rows, factor);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toScale(float[] out, int lane, int rows, float[] factor) {
        FloatVector past = FloatVector.fromArray(SPECIES, factor, lane);
        if (past.compare(NE, 1).anyTrue()) { // rare after the first tiles, when the maximum has been seen
            for (int d = 0; d < rows; d++) {
                FloatVector.fromArray(SPECIES, out, d * LANES + lane).mul(past).intoArray(out, d * LANES + lane);
            }
        }
    }
}
