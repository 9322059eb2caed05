package io.github.attention4j.internal.cpu;

/**
 * A few neighbouring queries of one head on their way through the keys, one query a lane, so that softmax needs no operation across
 * lanes. Everything inside is transposed (lanes along queries) but keys and values, which are read where they lie, one element for all
 * lanes at a time.
 *
 * <p>For a new panel of queries: {@link #start}, then {@link #load} each query. For each tile of keys: {@link #scores}, {@link #hide} what
 * is masked, {@link #softmax}, {@link #accumulate}. At the end {@link #store} and {@link #lse} for each query.
 *
 * <p>NaN: the running maximum may lose it, but {@link #softmax} turns a NaN score into a NaN weight, and that reaches sum and output.
 */
public abstract class Panel {
    /** log2(e): scores are kept in powers of two, as exp2 is cheaper than exp. */
    public static final float LOG2_E = 1.442695040888963f;

    private static final double LN_2 = Math.log(2);

    /** For the implementations. */
    protected Panel() {}

    /** Forgets the queries before: no key seen yet, queries and outputs zero. */
    public abstract void start();

    /** Takes a query times factor, which is scale · log2(e). */
    public abstract void load(int lane, float[] query, float factor);

    /** scores = K Qᵀ for keys at {@code key[at + j * stride]}. */
    public abstract void scores(float[] key, int at, int stride, int keys);

    /** Masks a key of this tile for lanes 0 to {@code lanes - 1}: their score becomes −∞, whatever it was. */
    public abstract void hide(int key, int lanes);

    /** Raises the running maximum, turns scores into weights, and brings sum and outputs so far to the new maximum. */
    public abstract void softmax(int keys);

    /** outputs += Vᵀ weights, for values at {@code value[at + j * stride]}. */
    public abstract void accumulate(float[] value, int at, int stride, int keys);

    /** Like {@link #accumulate} for one key that lanes 0 to {@code lanes - 1} do not see: its value is not even multiplied by their weight 0. */
    public abstract void accumulateHidden(float[] value, int at, int key, int lanes);

    /** Whether all of {@code count} values are numbers, neither NaN nor infinite. */
    public abstract boolean finite(float[] value, int at, int count);

    /** Writes a query's output; zero if it saw no key. */
    public abstract void store(int lane, float[] out);

    /** The running maximum, in powers of two. */
    protected abstract float max(int lane);

    /** The sum of the weights. */
    protected abstract float sum(int lane);

    /** A query's log-sum-exp; −∞ if it saw no key. */
    public final float lse(int lane) {
        float sum = sum(lane);
        return sum == 0 ? Float.NEGATIVE_INFINITY : (float) (max(lane) * LN_2 + Math.log(sum));
    }

    /** What outputs are multiplied with at the end. */
    protected final float norm(int lane) {
        float sum = sum(lane);
        return sum == 0 ? 0 : 1 / sum;
    }
}
