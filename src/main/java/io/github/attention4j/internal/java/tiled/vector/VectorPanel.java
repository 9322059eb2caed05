package io.github.attention4j.internal.java.tiled.vector;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import io.github.attention4j.internal.java.steps.Exp;
import io.github.attention4j.internal.java.steps.Tanh;
import io.github.attention4j.internal.java.tiled.Panel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** A panel of two vectors of queries. Arrays are [row][lane] with the lanes of a row side by side. */
final class VectorPanel extends Panel {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int VECTOR = SPECIES.length();
    static final int LANES = 2 * VECTOR;

    private final int headDim;
    private final int valueDim;
    private final float[] query;
    private final float[] scores;
    private final float[] out;
    private final float[] max = new float[LANES];
    private final float[] sum = new float[LANES];
    private final float[] before = new float[LANES];
    private final float[] factor = new float[LANES];

    VectorPanel(int headDim, int valueDim, float[] scores) {
        this.headDim = headDim;
        this.valueDim = valueDim;
        this.scores = scores;
        query = new float[headDim * LANES];
        out = new float[valueDim * LANES];
    }

    @Override
    public void start(float sink) {
        Arrays.fill(query, 0);
        restart();
        Arrays.fill(max, sink);
        Arrays.fill(sum, sumOfSink(sink));
    }

    @Override
    protected void restart() {
        Arrays.fill(out, 0);
        Arrays.fill(max, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, 0);
    }

    @Override
    public void load(int lane, float[] source, float factor) {
        for (int d = 0; d < headDim; d++) {
            query[d * LANES + lane] = source[d] * factor;
        }
    }

    @Override
    public void scores(float[] key, int at, int stride, int keys) {
        int j = 0;
        for (; j + ScoreTile.KEYS <= keys; j += ScoreTile.KEYS) {
            ScoreTile.multiply(key, at + j * stride, stride, query, headDim, scores, j * LANES);
        }
        for (; j < keys; j++) {
            ScoreTile.multiplyOne(key, at + j * stride, query, headDim, scores, j * LANES);
        }
    }

    @Override
    public void cap(int keys, float cap) {
        FloatVector factor = constant(Tanh.FACTOR / cap);
        FloatVector most = constant(cap);
        for (int at = 0; at < keys * LANES; at += VECTOR) {
            FloatVector e =
                    expMinusOne(FloatVector.fromArray(SPECIES, scores, at).mul(factor));
            e.div(e.add(2)).mul(most).intoArray(scores, at);
        }
    }

    /** 2^y − 1, see {@link Tanh}. */
    private static FloatVector expMinusOne(FloatVector y) {
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

    @Override
    public void addAlibi(int keys, float slope, int distance) {
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

    @Override
    public void addBias(float[] bias, int lanes, int keys) {
        for (int at = 0; at < keys * LANES; at += VECTOR) {
            FloatVector added = lanes == 0
                    ? FloatVector.broadcast(SPECIES, bias[at / LANES])
                    : FloatVector.fromArray(SPECIES, bias, at);
            FloatVector.fromArray(SPECIES, scores, at)
                    .add(added)
                    .blend(Float.NEGATIVE_INFINITY, added.compare(EQ, Float.NEGATIVE_INFINITY))
                    .intoArray(scores, at);
        }
    }

    @Override
    public void keep(float[] keep, int lanes, int keys) {
        for (int at = 0; at < keys * LANES; at += VECTOR) {
            FloatVector kept = lanes == 0
                    ? FloatVector.broadcast(SPECIES, keep[at / LANES])
                    : FloatVector.fromArray(SPECIES, keep, at);
            FloatVector.fromArray(SPECIES, scores, at)
                    .blend(Float.NEGATIVE_INFINITY, kept.compare(EQ, 0))
                    .intoArray(scores, at);
        }
    }

    @Override
    public void hide(int lane, int from, int to) {
        for (int j = from; j < to; j++) {
            scores[j * LANES + lane] = Float.NEGATIVE_INFINITY;
        }
    }

    @Override
    public void softmax(int keys) {
        raise(scores, keys, max, before);
        for (int lane = 0; lane < LANES; lane += VECTOR) {
            weigh(scores, lane, keys, max, sum, before, factor);
            if (FloatVector.fromArray(SPECIES, factor, lane).compare(NE, 1).anyTrue()) {
                rescale(out, lane, valueDim, factor); // rare after the first tiles, when the maximum has been seen
            }
        }
    }

    // The steps of softmax. They hand over arrays: a vector that is returned from a method, or
    // a loop's result that
    // leaves it so, is made an object once a step by C2 of Java 17.

    /** Keeps max in before and raises it to the scores. A blend and not max(), which takes five instructions to treat NaN and -0 as Java does. */
    private static void raise(float[] scores, int keys, float[] max, float[] before) {
        FloatVector max0 = FloatVector.fromArray(SPECIES, max, 0);
        FloatVector max1 = FloatVector.fromArray(SPECIES, max, VECTOR);
        max0.intoArray(before, 0);
        max1.intoArray(before, VECTOR);
        for (int j = 0; j < keys; j++) {
            FloatVector score0 = FloatVector.fromArray(SPECIES, scores, j * LANES);
            FloatVector score1 = FloatVector.fromArray(SPECIES, scores, j * LANES + VECTOR);
            max0 = max0.blend(score0, score0.compare(GT, max0));
            max1 = max1.blend(score1, score1.compare(GT, max1));
        }
        max0.intoArray(max, 0);
        max1.intoArray(max, VECTOR);
    }

    /** Turns scores into weights and adds them to the sum; factor says what became of the weights before. One vector a step: C2 does worse with two. */
    private static void weigh(
            float[] scores, int lane, int keys, float[] max, float[] sum, float[] before, float[] factor) {
        FloatVector largest = FloatVector.fromArray(SPECIES, max, lane);
        // Where nothing was seen yet, subtract 0: -inf minus -inf would be NaN.
        FloatVector shift = largest.blend(0, largest.compare(EQ, Float.NEGATIVE_INFINITY));
        FloatVector added = FloatVector.zero(SPECIES);
        for (int j = 0; j < keys; j++) {
            FloatVector weight = exp(
                    FloatVector.fromArray(SPECIES, scores, j * LANES + lane).sub(shift),
                    Exp.WEIGHT_LOWEST,
                    Exp.WEIGHT_ROUND);
            weight.intoArray(scores, j * LANES + lane);
            added = added.add(weight);
        }
        FloatVector past = exp(FloatVector.fromArray(SPECIES, before, lane).sub(shift), Exp.LOWEST, Exp.ROUND);
        past.intoArray(factor, lane);
        FloatVector.fromArray(SPECIES, sum, lane).fma(past, added).intoArray(sum, lane);
    }

    /** See {@link Exp}; the multiplication by log2(e) costs nothing where it is. */
    private static FloatVector exp(FloatVector x, float lowest, float round) {
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

    private static void rescale(float[] out, int lane, int rows, float[] factor) {
        FloatVector past = FloatVector.fromArray(SPECIES, factor, lane);
        for (int d = 0; d < rows; d++) {
            FloatVector.fromArray(SPECIES, out, d * LANES + lane).mul(past).intoArray(out, d * LANES + lane);
        }
    }

    @Override
    public void accumulate(float[] value, int at, int stride, int keys) {
        int d = 0;
        for (; d + ValueTile.COLUMNS <= valueDim; d += ValueTile.COLUMNS) {
            ValueTile.multiply(value, at + d, stride, scores, keys, out, d * LANES);
        }
        for (; d < valueDim; d++) {
            ValueTile.multiplyOne(value, at + d, stride, scores, keys, out, d * LANES);
        }
    }

    @Override
    public void accumulateOne(float[] value, int at, int key, int lane) {
        for (int d = 0; d < valueDim; d++) {
            out[d * LANES + lane] += value[at + d] * scores[key * LANES + lane];
        }
    }

    @Override
    public boolean finite(float[] value, int at, int count) {
        FloatVector zero = FloatVector.zero(SPECIES); // times 0, everything but NaN and infinity is 0
        int i = 0;
        for (; i + VECTOR <= count; i += VECTOR) {
            zero = FloatVector.fromArray(SPECIES, value, at + i).fma(FloatVector.zero(SPECIES), zero);
        }
        float rest = zero.reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            rest += value[at + i] * 0;
        }
        return rest == 0;
    }

    @Override
    protected void outputs(int lane, float[] target) {
        for (int d = 0; d < valueDim; d++) {
            target[d] = out[d * LANES + lane];
        }
    }

    @Override
    protected float max(int lane) {
        return max[lane];
    }

    @Override
    protected float sum(int lane) {
        return sum[lane];
    }
}
