package io.github.attention4j;

import static io.github.attention4j.SpecRequest.WHOLE;

import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.operand.OperandRow;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import io.github.attention4j.internal.operand.TypeRule;
import io.github.attention4j.score.CallTensor;
import io.github.attention4j.score.Expression;
import io.github.attention4j.score.KeepFunction;
import io.github.attention4j.score.ScoreFunction;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Collects the parts of a spec; {@link #build()} checks them. */
public final class AttentionSpecBuilder {
    private final Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    private final Map<Operand, SpecRequest.Asked> operands = new EnumMap<>(Operand.class);
    private final Map<Operand, Layout> layouts = new EnumMap<>(Operand.class);

    AttentionSpecBuilder() {
        types(DType.F32);
    }

    AttentionSpecBuilder(SpecRequest request) {
        settings.putAll(request.settings());
        operands.putAll(request.operands());
        layouts.putAll(request.layouts());
    }

    /**
     * What was asked for in numbers, and is as large as batch, heads or lengths of a spec, goes with them from now on.
     */
    AttentionSpecBuilder sizesFollow(AttentionSpec spec) {
        operands.replaceAll((operand, asked) -> asked.following(spec, OperandTable.of(operand)));
        return this;
    }

    private AttentionSpecBuilder set(Setting setting, Object value) {
        settings.put(setting, value);
        return this;
    }

    private AttentionSpecBuilder want(Operand operand, DType type, int... size) {
        operands.put(operand, new SpecRequest.Asked(type, size));
        return this;
    }

    /** One that has but one type. */
    private AttentionSpecBuilder want(Operand operand, boolean wanted, int... size) {
        if (wanted) {
            return want(operand, OperandTable.of(operand).types().only(), size);
        }
        operands.remove(operand);
        return this;
    }

    /** Entries of the batch; 1 if not set. */
    public AttentionSpecBuilder batch(int batch) {
        return set(Setting.BATCH, batch);
    }

    /** Query heads. */
    public AttentionSpecBuilder heads(int heads) {
        return set(Setting.HEADS, heads);
    }

    /** Key/value heads, a divisor of {@code heads}; as many as {@code heads} if not set. */
    public AttentionSpecBuilder kvHeads(int kvHeads) {
        Checks.requirePositive("kvHeads", kvHeads);
        return set(Setting.KV_HEADS, kvHeads);
    }

    /** Sets both lengths: as many queries as keys. */
    public AttentionSpecBuilder sequenceLength(int length) {
        return queryLength(length).keyLength(length);
    }

    /** Queries per head; with ragged queries, the most of any entry. */
    public AttentionSpecBuilder queryLength(int queryLength) {
        return set(Setting.QUERY_LENGTH, queryLength);
    }

    /** Keys per head; with ragged keys, the most of any entry. */
    public AttentionSpecBuilder keyLength(int keyLength) {
        return set(Setting.KEY_LENGTH, keyLength);
    }

    /** Size of a query and key row. */
    public AttentionSpecBuilder headDim(int headDim) {
        return set(Setting.HEAD_DIM, headDim);
    }

    /** Size of a value and output row; {@code headDim} if not set. */
    public AttentionSpecBuilder valueDim(int valueDim) {
        Checks.requirePositive("valueDim", valueDim);
        return set(Setting.VALUE_DIM, valueDim);
    }

    /** Factor of the scores; 1/√headDim if not set. */
    public AttentionSpecBuilder scale(float scale) {
        return set(Setting.SCALE, scale);
    }

    /** Bounds the scaled scores softly: {@code cap · tanh(x / cap)}, before bias and masks. */
    public AttentionSpecBuilder softcap(float cap) {
        if (!(cap > 0) || !Float.isFinite(cap)) {
            throw new IllegalArgumentException(
                    "softcap must be finite and more than 0, but is " + cap + "; leave it out for none");
        }
        return set(Setting.SOFTCAP, cap);
    }

    /**
     * Which keys a query may see by position; all if not set. {@link Mask.Alignment#GIVEN} adds
     * {@link Operand#DIAGONALS}.
     */
    public AttentionSpecBuilder mask(Mask mask) {
        set(Setting.MASK, Objects.requireNonNull(mask, "mask"));
        return want(Operand.DIAGONALS, mask.alignment() == Mask.Alignment.GIVEN);
    }

    /** A query sees no key after its own; the last query sees the last key. */
    public AttentionSpecBuilder causal() {
        return mask(Mask.causal());
    }

    /** Causal with the alignment given. */
    public AttentionSpecBuilder causal(Mask.Alignment alignment) {
        return mask(Mask.causal(alignment));
    }

    /** Asks for the log-sum-exp of each row as a second output. */
    public AttentionSpecBuilder returnLse() {
        return returnLse(true);
    }

    AttentionSpecBuilder returnLse(boolean wanted) {
        return want(Operand.LSE, wanted);
    }

    /**
     * Asks for the matrix of scores ({@link Operand#SCORES}): memory and time quadratic in length, for people who look
     * at attention.
     */
    public AttentionSpecBuilder returnScores(ScoreStage stage) {
        set(Setting.SCORE_STAGE, Objects.requireNonNull(stage, "stage"));
        return want(Operand.SCORES, true);
    }

    /**
     * Drops each weight with this probability, after the softmax, and multiplies the others by {@code 1 / (1 − p)};
     * adds {@link Operand#DROPOUT_STATE}. What is dropped depends on the state and the pair's place alone, so every
     * device and backward call drops the same; {@link Dropout} has the definition. The probability is rounded to
     * 1/65536.
     *
     * @param probability from 0, which is none, up to less than 1
     */
    public AttentionSpecBuilder dropout(float probability) {
        Dropout.requireProbability(probability);
        set(Setting.DROPOUT, probability);
        return want(Operand.DROPOUT_STATE, probability > 0);
    }

    /**
     * Scores are {@code Σ_d vector[d] · tanh(query[d] + key[d])} in place of dot products (Bahdanau et al., "Neural
     * Machine Translation by Jointly Learning to Align and Translate", 2015); adds {@link Operand#ADDITIVE_VECTOR}.
     * Scale is then 1 if not set; all else is as ever.
     */
    public AttentionSpecBuilder additive() {
        return want(Operand.ADDITIVE_VECTOR, true);
    }

    /**
     * Makes another score of each score, after softcap and before bias and ALiBi, by a function of yours, which is
     * called here, once. It says what the score of any pair is; −∞ gives the weight 0, but where a value may be NaN,
     * hide it with {@link #keep}.
     *
     * @throws IllegalArgumentException if it has more than a thousand steps
     */
    public AttentionSpecBuilder score(ScoreFunction function) {
        return score(Expression.of(Objects.requireNonNull(function, "function")));
    }

    /** Likewise, by what a function left. */
    public AttentionSpecBuilder score(Expression expression) {
        return set(Setting.SCORE, Objects.requireNonNull(expression, "expression"));
    }

    /** Likewise; null for none. */
    AttentionSpecBuilder scoreOrNone(Expression expression) {
        settings.remove(Setting.SCORE);
        return expression == null ? this : score(expression);
    }

    /**
     * Hides keys from queries by a function of yours, which is called here, once; it joins the other masks.
     *
     * @throws IllegalArgumentException if it has more than a thousand steps
     */
    public AttentionSpecBuilder keep(KeepFunction function) {
        return keep(Expression.of(Objects.requireNonNull(function, "function")));
    }

    /** Likewise, by what a function left. */
    public AttentionSpecBuilder keep(Expression expression) {
        return set(Setting.KEEP, Objects.requireNonNull(expression, "expression"));
    }

    /** Likewise; null for none. */
    AttentionSpecBuilder keepOrNone(Expression expression) {
        settings.remove(Setting.KEEP);
        return expression == null ? this : set(Setting.KEEP, expression);
    }

    /** Adds {@link Operand#SCORE_NUMBERS}, numbers of a call that score and keep functions read. */
    public AttentionSpecBuilder scoreNumbers(int count) {
        Checks.requirePositive("count", count);
        return want(Operand.SCORE_NUMBERS, true, 1, 1, 1, count);
    }

    /**
     * Adds {@link Operand#SCORE_TENSOR_0} or another tensor of a call that score and keep functions read.
     *
     * @param index from 0 to 3
     * @param type F32, F16, BF16, I32, or U8 for 0 and 1
     * @param sizes one to four
     */
    public AttentionSpecBuilder scoreTensor(int index, DType type, int... sizes) {
        if (index < 0 || index >= CallTensor.MOST) {
            throw new IllegalArgumentException(
                    "index of a tensor must be from 0 to " + (CallTensor.MOST - 1) + ", but is " + index);
        }
        Objects.requireNonNull(type, "type");
        if (Objects.requireNonNull(sizes, "sizes").length < 1 || sizes.length > CallTensor.RANK) {
            throw new IllegalArgumentException(
                    "a tensor must have 1 to " + CallTensor.RANK + " sizes, but " + sizes.length + " are given");
        }
        int[] four = {1, 1, 1, 1};
        Checks.requireSizes("score_tensor_" + index, sizes);
        System.arraycopy(sizes, 0, four, CallTensor.RANK - sizes.length, sizes.length);
        long elements = Sizes.times(four[0], four[1], four[2], four[3]);
        if (elements > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("score_tensor_" + index + " must have at most " + Integer.MAX_VALUE
                    + " elements, but would have " + elements + "; split it into several tensors");
        }
        return want(OperandTable.scoreTensor(index), type, four);
    }

    /** See {@link AttentionSpec#backward}. */
    public AttentionSpecBuilder backward(Operand... operands) {
        if (this.operands.containsKey(Operand.GRAD_OUT)) {
            throw new IllegalArgumentException(
                    "this spec is one of gradients, which have none here; call backward on the spec of the forward call");
        }
        Operand[] all = {Operand.QUERY, Operand.KEY, Operand.VALUE};
        for (Operand operand : Objects.requireNonNull(operands, "operands").length == 0 ? all : operands) {
            if (operand == null) {
                throw new IllegalArgumentException(
                        "operands must name those whose gradients are wanted, but one of them is null; leave it out");
            }
            Operand gradient = OperandTable.gradientOf(operand);
            if (gradient == null || !gradient.isOutput()) {
                throw new IllegalArgumentException(
                        "there is no gradient with respect to " + operand.label()
                                + "; there are those of query, key, value, bias, alibi_slopes, sink, additive_vector and score tensors");
            }
            want(gradient, null);
        }
        return want(Operand.GRAD_OUT, null).returnLse();
    }

    /** Of gradients: adds {@link Operand#GRAD_LSE}, for a loss that depends on lse too. */
    public AttentionSpecBuilder gradLse() {
        return want(Operand.GRAD_LSE, true);
    }

    /** Of gradients: adds them to what their operands hold, as training over several batches does. */
    public AttentionSpecBuilder accumulate() {
        return set(Setting.ACCUMULATE, true);
    }

    /** The type of query, key, value and out; F32 if not set. */
    public AttentionSpecBuilder types(DType type) {
        return type(Operand.QUERY, type)
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type)
                .type(Operand.OUT, type);
    }

    /**
     * The type of query, key, value or out alone: F32, F16 or BF16. Key and value may be I8 or I4 too, which adds
     * {@link Operand#KEY_SCALES} or {@link Operand#VALUE_SCALES}. Likewise of the gradients of query, key, value, out
     * and bias, which else have the type of their operand.
     */
    public AttentionSpecBuilder type(Operand operand, DType type) {
        Objects.requireNonNull(operand, "operand");
        OperandRow row = OperandTable.of(operand);
        boolean isGradient = row.isOfBackward() && row.types() == TypeRule.FLOAT;
        if (row.role() != Role.MAIN && !isGradient) {
            throw new IllegalArgumentException(
                    "type is for query, key, value and out and their gradients, but was asked for " + operand.label());
        }
        if (isGradient && !operands.containsKey(operand)) {
            throw new IllegalArgumentException("this spec has no " + operand.label() + "; ask for it by backward(..)");
        }
        want(operand, Objects.requireNonNull(type, "type"));
        Operand scales = OperandTable.scalesOf(operand);
        return scales == null ? this : want(scales, type.isQuantised());
    }

    /** How exactly inputs must be multiplied; {@link Precision#AS_STORED} if not set. */
    public AttentionSpecBuilder precision(Precision precision) {
        return set(Setting.PRECISION, Objects.requireNonNull(precision, "precision"));
    }

    /**
     * In which order the dimensions of query, key, value and out lie in memory; [batch, head, row, column] if not set.
     */
    public AttentionSpecBuilder order(Layout.Order order) {
        return set(Setting.ORDER, Objects.requireNonNull(order, "order"));
    }

    /** Where the elements of an operand lie, read or written in place; side by side if not set. */
    public AttentionSpecBuilder layout(Operand operand, Layout layout) {
        layouts.put(Objects.requireNonNull(operand, "operand"), Objects.requireNonNull(layout, "layout"));
        return this;
    }

    /** Adds {@link Operand#KEEP_MASK} of full shape, U8 or BIT. */
    public AttentionSpecBuilder keepMask(DType type) {
        return want(Operand.KEEP_MASK, Objects.requireNonNull(type, "type"));
    }

    /** Adds {@link Operand#KEEP_MASK} of this shape; a size of 1 holds for the whole dimension. */
    public AttentionSpecBuilder keepMask(DType type, int batch, int heads, int queries, int keys) {
        Checks.requireSizes("keep_mask", batch, heads, queries, keys);
        return want(Operand.KEEP_MASK, Objects.requireNonNull(type, "type"), batch, heads, queries, keys);
    }

    /** Adds {@link Operand#BIAS} of full shape, F32, F16 or BF16. */
    public AttentionSpecBuilder bias(DType type) {
        return want(Operand.BIAS, Objects.requireNonNull(type, "type"));
    }

    /** Adds {@link Operand#BIAS} of this shape; a size of 1 holds for the whole dimension. */
    public AttentionSpecBuilder bias(DType type, int batch, int heads, int queries, int keys) {
        Checks.requireSizes("bias", batch, heads, queries, keys);
        return want(Operand.BIAS, Objects.requireNonNull(type, "type"), batch, heads, queries, keys);
    }

    /** Adds {@link Operand#KEY_LENGTHS}: batches with padding behind the keys. */
    public AttentionSpecBuilder keyLengths() {
        return want(Operand.KEY_LENGTHS, true);
    }

    /**
     * Adds {@link Operand#QUERY_OFFSETS}: the queries of all entries lie behind one another, {@code totalQueries} rows
     * in all.
     */
    public AttentionSpecBuilder raggedQueries(int totalQueries) {
        Checks.requirePositive("totalQueries", totalQueries);
        set(Setting.TOTAL_QUERIES, totalQueries);
        return want(Operand.QUERY_OFFSETS, true);
    }

    /**
     * Adds {@link Operand#KEY_OFFSETS}: the keys of all entries lie behind one another, {@code totalKeys} rows in all.
     */
    public AttentionSpecBuilder raggedKeys(int totalKeys) {
        Checks.requirePositive("totalKeys", totalKeys);
        set(Setting.TOTAL_KEYS, totalKeys);
        return want(Operand.KEY_OFFSETS, true);
    }

    /**
     * Keys and values lie in pages that the entries of the batch share, as a cache for text generation keeps them:
     * {@link Operand#KEY} is [pages, kvHeads, pageSize, headDim], likewise {@link Operand#VALUE}. Adds
     * {@link Operand#PAGE_TABLE}, which says whose page is which, and {@link Operand#KEY_LENGTHS}; {@code keyLength} is
     * the most keys an entry may have.
     *
     * @param pageSize keys of a page, a power of two from 16 to 32768
     * @param pages pages in all
     */
    public AttentionSpecBuilder paged(int pageSize, int pages) {
        Checks.requirePages(pageSize, pages);
        set(Setting.PAGE_SIZE, pageSize);
        set(Setting.PAGES, pages);
        return want(Operand.PAGE_TABLE, true).keyLengths();
    }

    /**
     * Adds {@link Operand#PREFIX_LENGTHS}: all queries see the keys of a prefix, the mask's right bound notwithstanding
     * (prefix-LM).
     */
    public AttentionSpecBuilder prefixLengths() {
        return want(Operand.PREFIX_LENGTHS, true);
    }

    /**
     * Adds {@link Operand#KEY_BEGINS} and {@link Operand#KEY_ENDS}, the same for all heads: documents
     * ({@link KeyRanges}), any range per query.
     */
    public AttentionSpecBuilder keyRanges() {
        return want(Operand.KEY_BEGINS, true, WHOLE, 1, WHOLE, 1).want(Operand.KEY_ENDS, true, WHOLE, 1, WHOLE, 1);
    }

    /** Adds {@link Operand#KEY_BEGINS} and {@link Operand#KEY_ENDS} for 1 or all batch entries, and 1 or all heads. */
    public AttentionSpecBuilder keyRanges(int batch, int heads) {
        Checks.requireSizes("key_begins and key_ends", batch, heads);
        return want(Operand.KEY_BEGINS, true, batch, heads, WHOLE, 1)
                .want(Operand.KEY_ENDS, true, batch, heads, WHOLE, 1);
    }

    /** Adds {@link Operand#BLOCK_MASK}, the same for all batch entries and heads: {@link BlockMask}. */
    public AttentionSpecBuilder blockMask(int queryBlock, int keyBlock) {
        return blockMask(queryBlock, keyBlock, 1, 1);
    }

    /**
     * Adds {@link Operand#BLOCK_MASK} for 1 or all batch entries, and 1 or all heads: a key is seen only where its
     * block is listed for the query's, and in a block that is listed as full the keep function is not asked; all other
     * masks hold everywhere. What the mask of a call lists compiles nothing.
     *
     * @param queryBlock queries of a block, at least 16
     * @param keyBlock keys of a block, at least 16
     */
    public AttentionSpecBuilder blockMask(int queryBlock, int keyBlock, int batch, int heads) {
        Checks.requireSizes("block_mask", batch, heads);
        BlockMask.requireBlock("queryBlock", queryBlock);
        BlockMask.requireBlock("keyBlock", keyBlock);
        set(Setting.BLOCK_QUERIES, queryBlock);
        set(Setting.BLOCK_KEYS, keyBlock);
        return want(Operand.BLOCK_MASK, true, batch, heads, 1, WHOLE);
    }

    /** Adds {@link Operand#ALIBI_SLOPES}, one slope for each head ({@link AlibiSlopes} makes the usual ones). */
    public AttentionSpecBuilder alibi() {
        return alibi(1);
    }

    /** Adds {@link Operand#ALIBI_SLOPES} for 1 or all batch entries. */
    public AttentionSpecBuilder alibi(int batch) {
        Checks.requireSizes("alibi_slopes", batch);
        return want(Operand.ALIBI_SLOPES, true, batch, WHOLE, 1, 1);
    }

    /** Adds {@link Operand#SINK}, one logit for each head. */
    public AttentionSpecBuilder sink() {
        return want(Operand.SINK, true);
    }

    /**
     * Rotates query and key as they are loaded. Adds {@link Operand#ROTARY_COS} and {@link Operand#ROTARY_SIN}. Key j
     * is at position j, query i at {@code i + keys - queries} of its entry, or 0 where that is negative;
     * {@link #queryPositions} and {@link #keyPositions} say otherwise. Unless both do, the tables must have at least
     * {@code keyLength} positions.
     */
    public AttentionSpecBuilder rotary(Rotary rotary) {
        set(Setting.ROTARY, Objects.requireNonNull(rotary, "rotary"));
        return want(Operand.ROTARY_COS, true).want(Operand.ROTARY_SIN, true);
    }

    /** Adds {@link Operand#QUERY_POSITIONS} for 1 or all batch entries. */
    public AttentionSpecBuilder queryPositions(int batch) {
        Checks.requireSizes("query_positions", batch);
        return want(Operand.QUERY_POSITIONS, true, batch, 1, WHOLE, 1);
    }

    /** Adds {@link Operand#KEY_POSITIONS} for 1 or all batch entries. */
    public AttentionSpecBuilder keyPositions(int batch) {
        Checks.requireSizes("key_positions", batch);
        return want(Operand.KEY_POSITIONS, true, batch, 1, WHOLE, 1);
    }

    /**
     * Checks the parts and makes the spec.
     *
     * @throws IllegalArgumentException naming the part that is wrong, what it is and what it may be
     */
    public AttentionSpec build() {
        return new AttentionSpec(new SpecRequest(settings, operands, layouts));
    }
}
