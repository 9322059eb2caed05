package io.github.attention4j.score;

/**
 * A pair of a query and a key, and what a call gives. Indices begin with 0.
 *
 * <p>Numbers and tensors of a call are operands: {@link io.github.attention4j.AttentionSpecBuilder#scoreNumbers} and
 * {@link io.github.attention4j.AttentionSpecBuilder#scoreTensor} ask for them. Other numbers, lengths and tensors
 * compile nothing.
 */
public final class Place {
    Place() {}

    private static IntTerm leaf(Operation operation) {
        return new IntTerm(operation, 0);
    }

    /** The entry of the batch. */
    public IntTerm batch() {
        return leaf(Operation.BATCH);
    }

    /** The query head. */
    public IntTerm head() {
        return leaf(Operation.HEAD);
    }

    /** The key/value head, {@code head / (heads / kvHeads)}. */
    public IntTerm kvHead() {
        return leaf(Operation.KV_HEAD);
    }

    /** The query's number in its batch entry. */
    public IntTerm query() {
        return leaf(Operation.QUERY);
    }

    /** The key's number in its batch entry, which is its position too. */
    public IntTerm key() {
        return leaf(Operation.KEY);
    }

    /**
     * The key at which the query stands, as causal masks see it: {@code query + keyLength − queryLength}, or what the
     * alignment of the spec's mask says.
     */
    public IntTerm queryPosition() {
        return leaf(Operation.QUERY_POSITION);
    }

    /** How many queries the batch entry has. */
    public IntTerm queryLength() {
        return leaf(Operation.QUERY_LENGTH);
    }

    /** How many keys the batch entry has. */
    public IntTerm keyLength() {
        return leaf(Operation.KEY_LENGTH);
    }

    /** A number that is given at each call, the index-th of {@code SCORE_NUMBERS}. */
    public FloatTerm number(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("index of a number must be at least 0, but is " + index);
        }
        return new FloatTerm(Operation.NUMBER, index);
    }

    /** A tensor that is given at each call. */
    public CallTensor tensor(int index) {
        if (index < 0 || index >= CallTensor.MOST) {
            throw new IllegalArgumentException(
                    "index of a tensor must be from 0 to " + (CallTensor.MOST - 1) + ", but is " + index);
        }
        return new CallTensor(index);
    }
}
