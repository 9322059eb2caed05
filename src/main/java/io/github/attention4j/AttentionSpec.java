package io.github.attention4j;

import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import io.github.attention4j.score.Expression;
import java.util.Map;
import java.util.Objects;

/**
 * What to compute: shapes and options of one attention call, with no data and no device.
 *
 * <p>For every entry of the batch and every query head, {@code out = softmax(scores) · V}, the exact attention of
 * Vaswani et al., "Attention Is All You Need" (2017), equation 1. The score of query i and key j comes about in this
 * order: rotary embedding of both → {@code scale · q·k} → softcap {@code c · tanh(x / c)} → score function → + bias, +
 * ALiBi → −∞ where a mask or keep function hides the key. A sink is one more logit in the softmax, without a value.
 * {@code lse} is the natural logarithm of the softmax's denominator.
 *
 * <p>Query head {@code h} reads key/value head {@code h / (heads / kvHeads)}. A key is seen if all masks let it be
 * seen: {@link Mask}, keep-mask, keep function, key lengths, key ranges, and a bias other than −∞. A row that sees no
 * key gives {@code out = 0} and {@code lse = −∞} (the sink's logit, if there is one). A NaN that a query sees reaches
 * its {@code out} and {@code lse}; hidden keys and values may hold anything.
 *
 * <p>Which operands a call has, and with what type, shape and layout, {@link #operand} says. A spec is checked when it
 * is built and never changes afterwards, so the code behind it does not check again. Two equal specs share one plan.
 */
public final class AttentionSpec {
    private final SpecRequest request;
    private final Map<Setting, Object> settings;
    private final Map<Operand, TensorSpec> operands;
    private final int hash;

    AttentionSpec(SpecRequest request) {
        Setting.requireGiven(request.settings());
        this.request = request;
        settings = Setting.resolve(request.settings(), request.wants(Operand.ADDITIVE_VECTOR));
        SpecChecks checks = new SpecChecks(this, request);
        checks.checkSettings();
        operands = new OperandShapes(this, request).shapes();
        checks.checkRotaryTables();
        hash = 31 * settings.hashCode() + operands.hashCode();
    }

    /** Starts a spec; {@code heads}, a length and {@code headDim} must be given, the rest has defaults. */
    public static AttentionSpecBuilder builder() {
        return new AttentionSpecBuilder();
    }

    /** A builder with everything as it is here, to change some of it. */
    public AttentionSpecBuilder toBuilder() {
        return new AttentionSpecBuilder(request);
    }

    /** Entries of the batch. */
    public int batch() {
        return (int) settings.get(Setting.BATCH);
    }

    /** Query heads. */
    public int heads() {
        return (int) settings.get(Setting.HEADS);
    }

    /** Key/value heads, a divisor of {@link #heads}. */
    public int kvHeads() {
        return (int) settings.get(Setting.KV_HEADS);
    }

    /** Queries per head; of a ragged batch, the most an entry may have. */
    public int queryLength() {
        return (int) settings.get(Setting.QUERY_LENGTH);
    }

    /** Keys per head; of a ragged batch, the most an entry may have. */
    public int keyLength() {
        return (int) settings.get(Setting.KEY_LENGTH);
    }

    /** Size of a query and key row. */
    public int headDim() {
        return (int) settings.get(Setting.HEAD_DIM);
    }

    /** Size of a value and output row. */
    public int valueDim() {
        return (int) settings.get(Setting.VALUE_DIM);
    }

    /** What the dot products of query and key are multiplied with: 1/√headDim if it was not set. */
    public float scale() {
        return (float) settings.get(Setting.SCALE);
    }

    /** Bound {@code c} of {@code c · tanh(x / c)}, or 0 for none. */
    public float softcap() {
        return (float) settings.get(Setting.SOFTCAP);
    }

    /** Which keys a query may see by position. */
    public Mask mask() {
        return (Mask) settings.get(Setting.MASK);
    }

    /** The rotary embedding of query and key, or null for none. */
    public Rotary rotary() {
        return (Rotary) settings.get(Setting.ROTARY);
    }

    /** How far the scores have come in {@link Operand#SCORES}, or null if they are not asked for. */
    public ScoreStage scoreStage() {
        return (ScoreStage) settings.get(Setting.SCORE_STAGE);
    }

    /** The probability with which a weight is dropped after the softmax; 0 for none. */
    public float dropout() {
        return (float) settings.get(Setting.DROPOUT);
    }

    /** What {@link Dropout} compares its numbers with. */
    public int dropoutThreshold() {
        return Dropout.threshold(dropout());
    }

    /** Whether this computes gradients, and not attention. */
    public boolean isBackward() {
        return has(Operand.GRAD_OUT);
    }

    /** Of gradients, whether they are added to what is there. */
    public boolean accumulates() {
        return (boolean) settings.get(Setting.ACCUMULATE);
    }

    /** How exactly inputs must be multiplied. */
    public Precision precision() {
        return (Precision) settings.get(Setting.PRECISION);
    }

    /** What makes another score of each, after softcap and before bias and ALiBi; null for nothing. */
    public Expression score() {
        return (Expression) settings.get(Setting.SCORE);
    }

    /** What says, beside masks, whether a query sees a key; null for nothing. */
    public Expression keep() {
        return (Expression) settings.get(Setting.KEEP);
    }

    /** Queries of a block of the block mask, or 0 without one: {@link BlockMask}. */
    public int blockQueries() {
        return (int) settings.get(Setting.BLOCK_QUERIES);
    }

    /** Keys of a block of the block mask, or 0 without one. */
    public int blockKeys() {
        return (int) settings.get(Setting.BLOCK_KEYS);
    }

    /** Whether the log-sum-exp of each row is an output too. */
    public boolean returnLse() {
        return has(Operand.LSE);
    }

    /** Whether calls have this operand. */
    public boolean has(Operand operand) {
        return operands.containsKey(Objects.requireNonNull(operand, "operand"));
    }

    /** Whether calls have this operand and write it. Backward calls read out and lse. */
    public boolean isOutput(Operand operand) {
        return has(operand)
                && operand.isOutput()
                && isBackward() == OperandTable.of(operand).isOfBackward();
    }

    /**
     * Type, shape and layout of an operand.
     *
     * @throws IllegalArgumentException if calls do not have it
     */
    public TensorSpec operand(Operand operand) {
        TensorSpec tensor = operands.get(Objects.requireNonNull(operand, "operand"));
        if (tensor == null) {
            throw new IllegalArgumentException("this spec has no " + operand.label());
        }
        return tensor;
    }

    /** Whether keys and values lie in pages: {@link AttentionSpecBuilder#paged}. */
    public boolean isPaged() {
        return has(Operand.PAGE_TABLE);
    }

    /** Query heads that share one key/value head; 1 for plain multi-head attention. */
    public int groupSize() {
        return heads() / kvHeads();
    }

    /** Elements of the query array. */
    public long queryElements() {
        return operand(Operand.QUERY).elements();
    }

    /** Elements of the key array. */
    public long keyElements() {
        return operand(Operand.KEY).elements();
    }

    /** Elements of the value array. */
    public long valueElements() {
        return operand(Operand.VALUE).elements();
    }

    /** Elements of the output array. */
    public long outElements() {
        return operand(Operand.OUT).elements();
    }

    /** Elements of the log-sum-exp array, asked for or not. */
    public long lseElements() {
        return outElements() / valueDim();
    }

    /**
     * This spec for another number of batch entries and heads; everything else stays as it was asked for. It serves
     * parts of a call, whose heads are independent of one another; operands of a shape that follows from batch or heads
     * get another one.
     *
     * @throws IllegalArgumentException if a number is less than 1, kvHeads does not divide heads, or what was asked for
     *     in numbers, as a ragged batch, does not fit them
     */
    public AttentionSpec withHeads(int batch, int heads, int kvHeads) {
        return toBuilder()
                .sizesFollow(this)
                .batch(batch)
                .heads(heads)
                .kvHeads(kvHeads)
                .build();
    }

    /**
     * This spec for another number of queries and keys; everything else stays as it was asked for. It serves parts of a
     * call: some of its queries over some of its keys; operands of a shape that follows from a length get another one.
     *
     * @throws IllegalArgumentException if a number is less than 1, or what was asked for in numbers, as a ragged batch,
     *     does not fit them
     */
    public AttentionSpec withLengths(int queryLength, int keyLength) {
        return toBuilder()
                .sizesFollow(this)
                .queryLength(queryLength)
                .keyLength(keyLength)
                .build();
    }

    /**
     * The spec of gradients of the loss with respect to operands of this one: exact derivatives of the same definition,
     * with all of its options, the same bits on every run.
     *
     * <p>Its inputs are those of this spec, its {@link Operand#OUT} and {@link Operand#LSE}, and
     * {@link Operand#GRAD_OUT}; it is planned, explained and run as any other spec. Gradients have shape, type and, as
     * far as their elements do not overlap, layout of their operand; {@link #toBuilder()} changes that:
     * {@link AttentionSpecBuilder#type}, {@link AttentionSpecBuilder#layout}, {@link AttentionSpecBuilder#accumulate},
     * {@link AttentionSpecBuilder#gradLse}. Hidden keys and values, and rows that see no key, have gradient 0.
     *
     * @param operands whose gradients are wanted: {@link Operand#QUERY}, {@link Operand#KEY}, {@link Operand#VALUE},
     *     {@link Operand#BIAS}, {@link Operand#ALIBI_SLOPES}, {@link Operand#SINK}, {@link Operand#ADDITIVE_VECTOR},
     *     {@link Operand#SCORE_TENSOR_0} and the like, if they are F32; none for query, key and value
     * @throws IllegalArgumentException if this spec does not have an operand, or one has no gradient; for quantised or
     *     paged keys and values, and if this spec asks for scores
     */
    public AttentionSpec backward(Operand... operands) {
        return toBuilder().backward(operands).build();
    }

    /**
     * This spec with what its functions say in words of options as these options, for the same answer sooner. That part
     * of its keep function that is a window around the diagonal becomes a part of its mask: keys that a mask hides are
     * not even visited. A softcap that its score function begins with becomes its softcap. Plans are made of it.
     */
    public AttentionSpec withFunctionsAsOptions() {
        return ScoreAsSoftcap.of(KeepAsMask.of(this));
    }

    /** This spec with or without log-sum-exp as an output. */
    public AttentionSpec withLse(boolean returnLse) {
        return returnLse == returnLse()
                ? this
                : toBuilder().returnLse(returnLse).build();
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof AttentionSpec that
                        && hash == that.hash
                        && settings.equals(that.settings)
                        && operands.equals(that.operands);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The options in short, and what is not as usual about the operands. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(isBackward() ? "gradients of attention of " : "attention of ");
        text.append(batch())
                .append(" x ")
                .append(heads())
                .append('/')
                .append(kvHeads())
                .append(" heads, ");
        text.append(queryLength())
                .append(" queries x ")
                .append(keyLength())
                .append(" keys, dim ")
                .append(headDim());
        text.append('/').append(valueDim()).append(", scale ").append(scale());
        if (mask().isBounded()) {
            text.append(", window ").append(mask().left()).append("..").append(mask().right());
            text.append(' ').append(mask().alignment());
        }
        if (softcap() > 0) {
            text.append(", softcap ").append(softcap());
        }
        if (rotary() != null) {
            text.append(", rotary ")
                    .append(rotary().dim())
                    .append(rotary().interleaved() ? " interleaved" : " half-split");
        }
        if (scoreStage() != null) {
            text.append(", scores ").append(scoreStage());
        }
        if (dropout() > 0) {
            text.append(", dropout ").append(dropout());
        }
        if (score() != null) {
            text.append(", score {").append(score()).append('}');
        }
        if (keep() != null) {
            text.append(", keep {").append(keep()).append('}');
        }
        if (has(Operand.BLOCK_MASK)) {
            text.append(", blocks of ").append(blockQueries()).append(" x ").append(blockKeys());
        }
        if (accumulates()) {
            text.append(", added to what is there");
        }
        if (precision() != Precision.AS_STORED) {
            text.append(", precision ").append(precision());
        }
        for (Map.Entry<Operand, TensorSpec> entry : operands.entrySet()) {
            Operand operand = entry.getKey();
            TensorSpec tensor = entry.getValue();
            boolean usual = OperandTable.of(operand).role() == Role.MAIN && tensor.dtype() == DType.F32;
            text.append(usual ? "" : ", " + operand.label() + " " + tensor.dtype() + " " + tensor.shape());
            text.append(tensor.isDense() ? "" : ", " + operand.label() + " " + tensor.layout());
        }
        return text.toString();
    }
}
