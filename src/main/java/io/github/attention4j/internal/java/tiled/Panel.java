package io.github.attention4j.internal.java.tiled;

import io.github.attention4j.internal.java.steps.Score;
import io.github.attention4j.internal.java.steps.Scores;
import io.github.attention4j.internal.java.steps.Softmax;
import java.util.Arrays;

/**
 * A few neighbouring queries of one head on their way through the keys, one query a lane, so that softmax needs no
 * operation across lanes. Everything inside is transposed (lanes along queries) but keys and values, which are read
 * where they lie, one element for all lanes at a time.
 *
 * <p>For a new panel of queries: {@link #start}, then {@link #load} each query. For each tile of keys: {@link #scores},
 * then what is asked for of what {@link Score} does and {@link #hide}, then {@link #softmax}, {@link #accumulate}. At
 * the end {@link #store} and {@link #lse} for each query.
 *
 * <p>NaN: the running maximum may lose it, but {@link #softmax} turns a NaN score into a NaN weight, and that reaches
 * sum and output.
 */
public abstract class Panel implements Scores {
    /** Elements of an output. */
    protected final int valueDim;

    protected Panel(int valueDim) {
        this.valueDim = valueDim;
    }

    /**
     * Forgets the queries before: no key seen yet but a sink with this logit, −∞ for none; queries and outputs zero.
     */
    public abstract void start(float sink);

    /** No key seen yet, and no sink; the queries stay. */
    protected abstract void restart();

    /** Takes the queries at {@code query[at + lane * stride]} times factor, which is the scale. */
    public abstract void load(float[] query, int at, int stride, int rows, float factor);

    /** scores = K Qᵀ for keys at {@code key[at + j * stride]}. */
    public abstract void scores(float[] key, int at, int stride, int keys);

    /** scores = Σ_d vector[d] · tanh(query[d] + key[d]), for keys as of {@link #scores}. */
    public abstract void additiveScores(float[] vector, float[] key, int at, int stride, int keys);

    /** Raises the running maximum, turns scores into weights, and brings sum and outputs so far to the new maximum. */
    public abstract void softmax(int keys);

    /** Multiplies the weights by {@code factors[j * lanes + lane]}; what they are divided by stays. */
    public abstract void drop(float[] factors, int keys);

    /** outputs += Vᵀ weights, for values at {@code value[at + j * stride]}. */
    public abstract void accumulate(float[] value, int at, int stride, int keys);

    /** Like {@link #accumulate} for one key and one lane, which sees it. */
    public abstract void accumulateOne(float[] value, int at, int key, int lane);

    /**
     * Writes the outputs of the first queries to {@code target[at + lane * stride]}, zero for one that saw no key; sums
     * may be gone then. Zero, and not the outputs times 0: a key with a score of −∞ may have a NaN for a value.
     */
    public void store(float[] target, int at, int stride, int rows) {
        for (int lane = 0; lane < rows; lane++) {
            int to = at + lane * stride;
            if (sum(lane) == 0) {
                Arrays.fill(target, to, to + valueDim, 0);
            } else {
                outputs(lane, target, to);
                Softmax.mean(target, to, valueDim, sum(lane));
            }
        }
    }

    /** Writes a query's sums of weights times values. */
    protected abstract void outputs(int lane, float[] target, int to);

    /** The running maximum. */
    protected abstract float max(int lane);

    /** The sum of the weights. */
    protected abstract float sum(int lane);

    /** A query's log-sum-exp; −∞ if it saw no key and has no sink. */
    public final float lse(int lane) {
        return Softmax.lse(max(lane), sum(lane));
    }
}
