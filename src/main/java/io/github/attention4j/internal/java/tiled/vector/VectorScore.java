package io.github.attention4j.internal.java.tiled.vector;

import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.LANES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.SPECIES;
import static io.github.attention4j.internal.java.tiled.vector.VectorPanel.VECTOR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Scores;
import io.github.attention4j.internal.java.steps.Tanh;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/** What {@link Scores} promises, on vectors, for scores [key][lane]. */
final class VectorScore {
    private static MethodHandle toCapped =
            Apart.find(MethodHandles.lookup(), "toCapped", float[].class, int.class, float.class);
    private static MethodHandle toSumsWithAlibi =
            Apart.find(MethodHandles.lookup(), "toSumsWithAlibi", float[].class, int.class, float.class, int.class);
    private static MethodHandle toSums =
            Apart.find(MethodHandles.lookup(), "toSums", float[].class, float[].class, int.class, int.class);
    private static MethodHandle toProducts =
            Apart.find(MethodHandles.lookup(), "toProducts", float[].class, float[].class, int.class);

    private static final float[] LITTLE = new float[2 * LANES];
    private static final float[] OTHER = new float[2 * LANES];
    private static final Practice CAP = new Practice(20, turn -> capVectors(LITTLE, keys(turn), 1));
    private static final Practice ALIBI = new Practice(8, turn -> addAlibiVectors(LITTLE, keys(turn), 0, 0));
    private static final Practice TERMS =
            new Practice(8, turn -> addVectors(LITTLE, OTHER, turn % 16 < 8 ? 0 : LANES, keys(turn)));
    private static final Practice FACTORS = new Practice(6, turn -> multiplyVectors(LITTLE, OTHER, keys(turn)));

    private VectorScore() {}

    private static int keys(int turn) {
        return turn % 16 == 0 ? 2 : 1;
    }

    static void cap(float[] scores, int keys, float cap) {
        if (CAP.isOver()) {
            capVectors(scores, keys, cap);
            return;
        }
        for (int i = 0; i < keys * LANES; i++) {
            scores[i] = Numbers.tanh(scores[i] * (Tanh.FACTOR / cap)) * cap;
        }
    }

    private static void capVectors(float[] scores, int keys, float cap) {
        try {
            toCapped.invokeExact(scores, keys, cap);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toCapped(float[] scores, int keys, float cap) {
        FloatVector factor = constant(Tanh.FACTOR / cap);
        FloatVector most = constant(cap);
        for (int at = 0; at < keys * LANES; at += VECTOR) {
            tanh(FloatVector.fromArray(SPECIES, scores, at).mul(factor))
                    .mul(most)
                    .intoArray(scores, at);
        }
    }

    /** tanh(y / {@link Tanh#FACTOR}). */
    static FloatVector tanh(FloatVector y) {
        FloatVector e = Apart.known(expMinusOne(y));
        return e.div(e.add(2));
    }

    /** 2^y − 1, see {@link Tanh}. */
    private static FloatVector expMinusOne(FloatVector exponent) {
        FloatVector y = Apart.known(exponent);
        FloatVector above = y.blend(-Tanh.MOST, y.compare(LT, -Tanh.MOST));
        FloatVector clamped = above.blend(Tanh.MOST, above.compare(GT, Tanh.MOST));
        FloatVector whole = clamped.add(Exp.ROUND);
        FloatVector f = clamped.sub(whole.sub(Exp.ROUND));
        FloatVector power = f.fma(constant(Tanh.C6), constant(Tanh.C5));
        power = power.fma(f, constant(Tanh.C4));
        power = power.fma(f, constant(Tanh.C3));
        power = power.fma(f, constant(Tanh.C2));
        power = power.fma(f, constant(Tanh.C1)).mul(f);
        FloatVector integer =
                whole.reinterpretAsInts().lanewise(LSHL, Exp.SHIFT).reinterpretAsFloats();
        return power.fma(integer, integer.sub(1));
    }

    static void addAlibi(float[] scores, int keys, float slope, int distance) {
        if (ALIBI.isOver()) {
            addAlibiVectors(scores, keys, slope, distance);
            return;
        }
        for (int i = 0; i < keys * LANES; i++) {
            int lane = i % LANES;
            float apart = Math.abs(lane % VECTOR + ((float) distance - i / LANES + lane / VECTOR * VECTOR));
            scores[i] = Math.fma(apart, -slope, scores[i]);
        }
    }

    private static void addAlibiVectors(float[] scores, int keys, float slope, int distance) {
        try {
            toSumsWithAlibi.invokeExact(scores, keys, slope, distance);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toSumsWithAlibi(float[] scores, int keys, float slope, int distance) {
        FloatVector numbers = FloatVector.zero(SPECIES).addIndex(1);
        FloatVector minusSlope = constant(-slope);
        for (int j = 0; j < keys; j++) {
            for (int lane = 0; lane < LANES; lane += VECTOR) {
                FloatVector apart = numbers.add((float) distance - j + lane).abs();
                apart.fma(minusSlope, FloatVector.fromArray(SPECIES, scores, j * LANES + lane))
                        .intoArray(scores, j * LANES + lane);
            }
        }
    }

    static void addTerms(float[] scores, float[] terms, int lanes, int keys) {
        if (TERMS.isOver()) {
            addVectors(scores, terms, lanes, keys);
            return;
        }
        for (int i = 0; i < keys * LANES; i++) {
            float added = terms[lanes == 0 ? i / LANES : i];
            scores[i] = added == Float.NEGATIVE_INFINITY ? added : scores[i] + added;
        }
    }

    private static void addVectors(float[] scores, float[] terms, int lanes, int keys) {
        try {
            toSums.invokeExact(scores, terms, lanes, keys);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toSums(float[] scores, float[] terms, int lanes, int keys) {
        for (int at = 0; at < keys * LANES; at += VECTOR) {
            FloatVector added = lanes == 0
                    ? FloatVector.broadcast(SPECIES, terms[at / LANES])
                    : FloatVector.fromArray(SPECIES, terms, at);
            FloatVector.fromArray(SPECIES, scores, at)
                    .add(added)
                    .blend(Float.NEGATIVE_INFINITY, added.compare(EQ, Float.NEGATIVE_INFINITY))
                    .intoArray(scores, at);
        }
    }

    static void multiply(float[] tile, float[] factors, int rows) {
        if (FACTORS.isOver()) {
            multiplyVectors(tile, factors, rows);
            return;
        }
        for (int i = 0; i < rows * LANES; i++) {
            tile[i] *= factors[i];
        }
    }

    private static void multiplyVectors(float[] tile, float[] factors, int rows) {
        try {
            toProducts.invokeExact(tile, factors, rows);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static void toProducts(float[] tile, float[] factors, int rows) {
        for (int at = 0; at < rows * LANES; at += VECTOR) {
            FloatVector.fromArray(SPECIES, tile, at)
                    .mul(FloatVector.fromArray(SPECIES, factors, at))
                    .intoArray(tile, at);
        }
    }

    private static FloatVector constant(float x) {
        return FloatVector.broadcast(SPECIES, x);
    }
}
