package io.github.attention4j;

import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import java.util.Arrays;
import java.util.Objects;

/**
 * What to compute: shapes and options of one attention call, with no data and no device.
 *
 * <p>For every entry of the batch and every query head, {@code out = softmax(scores) · V}, the exact attention of
 * Vaswani et al., "Attention Is All You Need" (2017), equation 1. The score of query i and key j comes about in this order:
 * rotary embedding of both → {@code scale · q·k} → softcap {@code c · tanh(x / c)} → + bias, + ALiBi → −∞ where a mask hides the key.
 * A sink is one more logit in the softmax, without a value. {@code lse} is the natural logarithm of the softmax's denominator.
 *
 * <p>Query head {@code h} reads key/value head {@code h / (heads / kvHeads)}. A key is seen if all masks let it be seen: {@link Mask}, keep-mask,
 * key lengths, key ranges, and a bias other than −∞. A row that sees no key gives {@code out = 0} and {@code lse = −∞} (the sink's logit, if there is one). A NaN
 * that a query sees reaches its {@code out} and {@code lse}; hidden keys and values may hold anything.
 *
 * <p>Which operands a call has, and with what type, shape and layout, {@link #operand} says. A spec is checked when it is built and
 * never changes afterwards, so the code behind it does not check again. Two equal specs share one plan.
 */
public final class AttentionSpec {
    private static final int OPERANDS = Operand.values().length;

    private final AttentionSpecBuilder source;
    private final int kvHeads;
    private final int valueDim;
    private final float scale;
    private final TensorSpec[] operands = new TensorSpec[OPERANDS];
    private final int hash;

    AttentionSpec(AttentionSpecBuilder source) {
        this.source = source;
        kvHeads = source.kvHeads == 0 ? source.heads : source.kvHeads;
        valueDim = source.valueDim == 0 ? source.headDim : source.valueDim;
        source.requireGiven();
        requirePositive("batch", source.batch);
        requirePositive("heads", source.heads);
        requireLength("queryLength", source.queryLength);
        requireLength("keyLength", source.keyLength);
        requirePositive("headDim", source.headDim);
        if (source.heads % kvHeads != 0) {
            throw new IllegalArgumentException("heads must be a multiple of kvHeads, but heads=" + source.heads
                    + " and kvHeads=" + kvHeads + "; each key/value head serves heads/kvHeads query heads");
        }
        scale = source.scale == null ? (float) (1 / Math.sqrt(source.headDim)) : source.scale;
        if (!Float.isFinite(scale)) {
            throw new IllegalArgumentException("scale must be finite, but is " + scale
                    + "; leave it out for 1/sqrt(headDim) = " + 1 / Math.sqrt(source.headDim));
        }
        requireOneHeadFits("query", source.queryLength, source.headDim);
        int keyRows = source.wants(Operand.PAGE_TABLE) ? source.pageSize : source.keyLength;
        requireOneHeadFits("key", keyRows, source.headDim);
        requireOneHeadFits("value", keyRows, valueDim);
        requireOneHeadFits("out", source.queryLength, valueDim);
        checkOptions();
        new OperandShapes(this, source).fill(operands);
        checkRotaryTables();
        hash = computeHash();
    }

    private void checkOptions() {
        checkRotary();
        if (source.batch == Integer.MAX_VALUE
                && (source.wants(Operand.QUERY_OFFSETS) || source.wants(Operand.KEY_OFFSETS))) {
            throw new IllegalArgumentException("batch must be at most " + (Integer.MAX_VALUE - 1)
                    + " where queries or keys are ragged, whose offsets are one more than batch entries, but is "
                    + source.batch + "; split the batch into several calls");
        }
        if (source.wants(Operand.PREFIX_LENGTHS) && source.mask.right() == Mask.UNBOUNDED) {
            throw new IllegalArgumentException(
                    "prefixLengths lift the right bound of a mask, but the mask has none; ask for causal() or a window too");
        }
        if (source.wants(Operand.PAGE_TABLE) && source.wants(Operand.KEY_OFFSETS)) {
            throw new IllegalArgumentException(
                    "keys are either paged or ragged, but both were asked for; key lengths say how many keys of its pages an entry has");
        }
        if (source.wants(Operand.DIAGONALS) != (source.mask.alignment() == Mask.Alignment.GIVEN)) {
            throw new IllegalArgumentException(
                    "diagonals go with Alignment.GIVEN; use mask(Mask.causal(Alignment.GIVEN))");
        }
    }

    private void checkRotary() {
        Rotary rotary = source.rotary;
        if (rotary != null && rotary.dim() > source.headDim) {
            throw new IllegalArgumentException(
                    "rotary dim must be at most headDim = " + source.headDim + ", but is " + rotary.dim());
        }
        if (rotary == null && (source.wants(Operand.QUERY_POSITIONS) || source.wants(Operand.KEY_POSITIONS))) {
            throw new IllegalArgumentException("positions are given, but nothing reads them; ask for rotary(...) too");
        }
    }

    /** Where no positions are given, key j is at position j, and no query is at a higher one than the last key. */
    private void checkRotaryTables() {
        Rotary rotary = source.rotary;
        boolean haveQueries = source.wants(Operand.QUERY_POSITIONS);
        boolean haveKeys = source.wants(Operand.KEY_POSITIONS);
        if (rotary != null && rotary.positions() < source.keyLength && !(haveQueries && haveKeys)) {
            throw new IllegalArgumentException("rotary tables must have at least keyLength = " + source.keyLength
                    + " positions, because "
                    + (haveKeys ? "query i is at position i + keys - queries" : "key j is at position j")
                    + ", but have " + rotary.positions() + "; make longer tables, or give positions with "
                    + (haveKeys ? "" : "keyPositions(..)") + (haveKeys || haveQueries ? "" : " and ")
                    + (haveQueries ? "" : "queryPositions(..)"));
        }
    }

    /** Starts a spec; {@code heads}, a length and {@code headDim} must be given, the rest has defaults. */
    public static AttentionSpecBuilder builder() {
        return new AttentionSpecBuilder();
    }

    /** A builder with everything as it is here, to change some of it. */
    public AttentionSpecBuilder toBuilder() {
        return new AttentionSpecBuilder(source);
    }

    /** Entries of the batch. */
    public int batch() {
        return source.batch;
    }

    /** Query heads. */
    public int heads() {
        return source.heads;
    }

    /** Key/value heads, a divisor of {@link #heads}. */
    public int kvHeads() {
        return kvHeads;
    }

    /** Queries per head; of a ragged batch, the most an entry may have. */
    public int queryLength() {
        return source.queryLength;
    }

    /** Keys per head; of a ragged batch, the most an entry may have. */
    public int keyLength() {
        return source.keyLength;
    }

    /** Size of a query and key row. */
    public int headDim() {
        return source.headDim;
    }

    /** Size of a value and output row. */
    public int valueDim() {
        return valueDim;
    }

    /** Factor of the scores. */
    public float scale() {
        return scale;
    }

    /** Bound {@code c} of {@code c · tanh(x / c)}, or 0 for none. */
    public float softcap() {
        return source.softcap;
    }

    /** Which keys a query may see by position. */
    public Mask mask() {
        return source.mask;
    }

    /** The rotary embedding of query and key, or null for none. */
    public Rotary rotary() {
        return source.rotary;
    }

    /** How far the scores have come in {@link Operand#SCORES}, or null if they are not asked for. */
    public ScoreStage scoreStage() {
        return source.scoreStage;
    }

    /** How exactly inputs must be multiplied. */
    public Precision precision() {
        return source.precision;
    }

    /** Whether the log-sum-exp of each row is an output too. */
    public boolean returnLse() {
        return has(Operand.LSE);
    }

    /** Whether calls have this operand. */
    public boolean has(Operand operand) {
        return operands[Objects.requireNonNull(operand, "operand").ordinal()] != null;
    }

    /**
     * Type, shape and layout of an operand.
     *
     * @throws IllegalArgumentException if calls do not have it
     */
    public TensorSpec operand(Operand operand) {
        TensorSpec tensor = operands[Objects.requireNonNull(operand, "operand").ordinal()];
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
        return heads() / kvHeads;
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
        return outElements() / valueDim;
    }

    /** This spec for another number of batch entries and heads; everything else stays. */
    public AttentionSpec withHeads(int batch, int heads, int kvHeads) {
        return toBuilder().batch(batch).heads(heads).kvHeads(kvHeads).build();
    }

    /** This spec with or without log-sum-exp as an output. */
    public AttentionSpec withLse(boolean returnLse) {
        return returnLse == returnLse()
                ? this
                : toBuilder().returnLse(returnLse).build();
    }

    // Written out, and not a record, because what the compiler makes for a record is linked at run time on first use,
    // which
    // takes a fresh JVM longer than anything else on the way to the first result.

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof AttentionSpec that
                        && hash == that.hash
                        && batch() == that.batch()
                        && heads() == that.heads()
                        && kvHeads == that.kvHeads
                        && queryLength() == that.queryLength()
                        && keyLength() == that.keyLength()
                        && headDim() == that.headDim()
                        && valueDim == that.valueDim
                        && Float.compare(scale, that.scale) == 0
                        && Float.compare(softcap(), that.softcap()) == 0
                        && mask().equals(that.mask())
                        && Objects.equals(rotary(), that.rotary())
                        && scoreStage() == that.scoreStage()
                        && precision() == that.precision()
                        && Arrays.equals(operands, that.operands);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    private int computeHash() {
        int hash = 31 * batch() + heads();
        hash = 31 * hash + kvHeads;
        hash = 31 * hash + queryLength();
        hash = 31 * hash + keyLength();
        hash = 31 * hash + headDim();
        hash = 31 * hash + valueDim;
        hash = 31 * hash + Float.floatToIntBits(scale);
        hash = 31 * hash + Float.floatToIntBits(softcap());
        hash = 31 * hash + mask().hashCode();
        hash = 31 * hash + (scoreStage() == null ? 0 : 1 + scoreStage().ordinal());
        hash = 31 * hash + precision().ordinal();
        return 31 * hash + Arrays.hashCode(operands);
    }

    /** The options in short, and what is not as usual about the operands. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("attention of ");
        text.append(batch())
                .append(" x ")
                .append(heads())
                .append('/')
                .append(kvHeads)
                .append(" heads, ");
        text.append(queryLength())
                .append(" queries x ")
                .append(keyLength())
                .append(" keys, dim ")
                .append(headDim());
        text.append('/').append(valueDim).append(", scale ").append(scale);
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
        if (precision() != Precision.AS_STORED) {
            text.append(", precision ").append(precision());
        }
        for (Operand operand : Operand.values()) {
            TensorSpec tensor = operands[operand.ordinal()];
            if (tensor != null) {
                boolean usual = OperandTable.of(operand).role() == Role.MAIN && tensor.dtype() == DType.F32;
                text.append(usual ? "" : ", " + operand.label() + " " + tensor.dtype() + " " + tensor.shape());
                text.append(tensor.isDense() ? "" : ", " + operand.label() + " " + tensor.layout());
            }
        }
        return text.toString();
    }

    static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }

    private static void requireLength(String name, int value) {
        requirePositive(name, value);
        if (value > Sizes.MOST_ROWS) {
            throw new IllegalArgumentException(name + " must be at most " + Sizes.MOST_ROWS + ", but is " + value
                    + "; split the sequence into several calls");
        }
    }

    private static void requireOneHeadFits(String name, int rows, int columns) {
        if ((long) rows * columns > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("one head of " + name + " must hold at most " + Integer.MAX_VALUE
                    + " elements, but " + rows + " x " + columns + " = " + (long) rows * columns
                    + "; split the sequence into several calls");
        }
    }
}
