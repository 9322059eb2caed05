package io.github.attention4j.score;

import java.util.Objects;

/** Functions that many models use, to take or to write others by. */
public final class Functions {
    private static final int WORD_BITS = 32;

    private Functions() {}

    /** A query sees no key after its own. */
    public static KeepFunction causal() {
        return place -> place.key().atMost(place.queryPosition());
    }

    /** A query sees so many keys before and after its own, both inclusive. */
    public static KeepFunction window(int left, int right) {
        return place -> {
            IntTerm ahead = place.queryPosition().minus(place.key());
            return ahead.atMost(left).and(ahead.atLeast(-right));
        };
    }

    /**
     * Causal, but all queries see the keys of a prefix.
     *
     * @param lengths the tensor with the prefix's length of each batch entry: [batch]
     */
    public static KeepFunction prefix(int lengths) {
        return place ->
                place.key().lessThan(place.tensor(lengths).intAt(place.batch())).or(causal().keeps(place));
    }

    /**
     * A query sees the keys of its own document.
     *
     * @param queries the tensor with the number of each query's document: [batch, queries]
     * @param keys likewise of keys: [batch, keys]; it may be the same one
     */
    public static KeepFunction documents(int queries, int keys) {
        return place -> place.tensor(queries)
                .intAt(place.batch(), place.query())
                .equalTo(place.tensor(keys).intAt(place.batch(), place.key()));
    }

    /** A query sees every {@code step}-th key, counted from its own. */
    public static KeepFunction dilated(int step) {
        return place -> place.queryPosition().minus(place.key()).modulo(step).equalTo(0);
    }

    /** A query sees the {@code near} keys up to its own, and every {@code stride}-th before (Child et al., 2019). */
    public static KeepFunction strided(int near, int stride) {
        return place -> {
            IntTerm ahead = place.queryPosition().minus(place.key());
            return ahead.atLeast(0)
                    .and(ahead.lessThan(near).or(ahead.modulo(stride).equalTo(0)));
        };
    }

    /**
     * The queries are nodes of a tree of guesses, and their keys the last of all; each sees what is before the tree,
     * and of the tree the nodes that its row has a bit for: its ancestors and itself.
     *
     * @param bits the tensor of I32 [queries, ⌈queries / 32⌉]: node n is bit n % 32 of word n / 32
     */
    public static KeepFunction tree(int bits) {
        return place -> {
            IntTerm node = place.key().minus(place.keyLength().minus(place.queryLength()));
            IntTerm word = place.tensor(bits).intAt(place.query(), node.dividedBy(WORD_BITS));
            BoolTerm isKin = word.shiftRight(node.modulo(WORD_BITS)).and(1).equalTo(1);
            return node.lessThan(0).or(isKin);
        };
    }

    /**
     * Queries and keys are points of a picture, row by row: each sees those at most {@code reach} rows and columns
     * away.
     */
    public static KeepFunction neighbourhood(int width, int reach) {
        return place -> {
            IntTerm rows =
                    place.queryPosition().dividedBy(width).minus(place.key().dividedBy(width));
            IntTerm columns =
                    place.queryPosition().modulo(width).minus(place.key().modulo(width));
            return rows.abs().atMost(reach).and(columns.abs().atMost(reach));
        };
    }

    /**
     * ALiBi.
     *
     * @param slopes the tensor with the slope of each head: [heads]
     */
    public static ScoreFunction alibi(int slopes) {
        return (score, place) -> {
            IntTerm shift = place.keyLength().minus(place.queryLength());
            FloatTerm distance =
                    place.query().plus(shift).minus(place.key()).abs().toFloat();
            return score.minus(place.tensor(slopes).at(place.head()).times(distance));
        };
    }

    /** {@code cap · tanh(score / cap)}. */
    public static ScoreFunction softcap(float cap) {
        return (score, place) -> score.dividedBy(cap).tanh().times(cap);
    }

    /** Keys count less with the square of their distance: {@code score − distance² / (2 · width²)}. */
    public static ScoreFunction gaussian(float width) {
        return (score, place) -> {
            FloatTerm distance =
                    place.queryPosition().minus(place.key()).toFloat().dividedBy(width);
            return score.minus(distance.times(distance).times(0.5f));
        };
    }

    /**
     * A function of the finished softmax, in a second call, which knows the first one's log-sum-exp. The weights that
     * it asks for are multiplied with values as they are: not the second call's {@code out} is the answer, but
     * {@code out · exp(lse)} of that call. A weight below 0 counts as 0: for such, make two calls, one with what is
     * above 0 and one with the negative of what is below, and subtract.
     *
     * @param first the first call's score function; {@code (score, place) -> score} if it had none
     * @param lse the tensor with the first call's log-sum-exp, of F32: [batch, heads, queries]
     * @param function from a weight of the softmax to the one that is wanted
     */
    public static ScoreFunction weights(ScoreFunction first, int lse, ScoreFunction function) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(function, "function");
        return (score, place) -> {
            FloatTerm sum = place.tensor(lse).at(place.batch(), place.head(), place.query());
            FloatTerm weight = first.score(score, place).minus(sum).exp();
            return function.score(weight, place).max(0).log();
        };
    }

    /**
     * The relative position bias of T5 (Raffel et al., 2020): a number for each head and each bucket of distances, half
     * of the buckets for a distance each and the others wider and wider, up to {@code farthest}.
     *
     * @param table the tensor [buckets, heads]
     * @param isBothWays whether keys behind the query have buckets of their own, half of them
     */
    public static ScoreFunction t5(int table, int buckets, int farthest, boolean isBothWays) {
        return (score, place) -> {
            IntTerm behind = place.key().minus(place.queryPosition());
            int side = isBothWays ? buckets / 2 : buckets;
            IntTerm distance = isBothWays ? behind.abs() : behind.negated().max(0);
            IntTerm bucket = bucket(distance, side, farthest);
            IntTerm whole = isBothWays ? behind.moreThan(0).choose(bucket.plus(side), bucket) : bucket;
            return score.plus(place.tensor(table).at(whole, place.head()));
        };
    }

    /** Where buckets begin is computed here, so that no device rounds a logarithm in its own way. */
    private static IntTerm bucket(IntTerm distance, int buckets, int farthest) {
        int single = buckets / 2;
        IntTerm bucket = distance.min(single);
        for (int wide = 1; wide < buckets - single; wide++) {
            double share = (double) wide / (buckets - single);
            int begin = (int) Math.ceil(single * Math.pow((double) farthest / single, share) - 1e-9);
            bucket = bucket.plus(distance.atLeast(begin).choose(IntTerm.of(1), IntTerm.of(0)));
        }
        return bucket;
    }
}
