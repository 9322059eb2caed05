package io.github.attention4j;

import io.github.attention4j.internal.operand.OperandTable;
import io.github.attention4j.internal.operand.Role;
import java.util.Objects;

/** Collects the parts of a spec; {@link #build()} checks them. */
public final class AttentionSpecBuilder {
    private static final int OPERANDS = Operand.values().length;

    /** The full size of a dimension, whatever it will be. */
    private static final int FULL = 0;

    /** Bits of {@link #given}. */
    private static final int HEADS = 1;

    private static final int QUERY_LENGTH = 2;
    private static final int KEY_LENGTH = 4;
    private static final int HEAD_DIM = 8;
    private static final String[] DIMENSIONS = {"batch", "heads", "queries", "keys"};

    /** Which of the numbers that have no default the caller gave. */
    private int given;

    int batch = 1;
    int heads;
    int kvHeads;
    int queryLength;
    int keyLength;
    int headDim;
    int valueDim;
    Float scale;
    float softcap;
    Mask mask = Mask.none();
    Rotary rotary;
    ScoreStage scoreStage;
    Precision precision = Precision.AS_STORED;
    Layout.Order order = Layout.Order.BATCH_HEAD_ROW;
    int totalQueries;
    int totalKeys;
    int pageSize;
    int pages;
    /** The type of each operand that calls have; null for those they have not. */
    final DType[] types = new DType[OPERANDS];
    /** {batch, heads, rows, columns} where the caller wants 1 for some; null for the full shape. */
    final int[][] sizes = new int[OPERANDS][];
    /** Layouts that the caller gives; null for those that follow from the order. */
    final Layout[] layouts = new Layout[OPERANDS];

    AttentionSpecBuilder() {
        types(DType.F32);
    }

    AttentionSpecBuilder(AttentionSpecBuilder other) {
        given = other.given;
        batch = other.batch;
        heads = other.heads;
        kvHeads = other.kvHeads;
        queryLength = other.queryLength;
        keyLength = other.keyLength;
        headDim = other.headDim;
        valueDim = other.valueDim;
        scale = other.scale;
        softcap = other.softcap;
        mask = other.mask;
        rotary = other.rotary;
        scoreStage = other.scoreStage;
        precision = other.precision;
        order = other.order;
        totalQueries = other.totalQueries;
        totalKeys = other.totalKeys;
        pageSize = other.pageSize;
        pages = other.pages;
        System.arraycopy(other.types, 0, types, 0, OPERANDS);
        System.arraycopy(other.sizes, 0, sizes, 0, OPERANDS);
        System.arraycopy(other.layouts, 0, layouts, 0, OPERANDS);
    }

    boolean wants(Operand operand) {
        return types[operand.ordinal()] != null;
    }

    private AttentionSpecBuilder want(Operand operand, DType type, int... size) {
        types[operand.ordinal()] = type;
        sizes[operand.ordinal()] = size.length == 0 ? null : size;
        return this;
    }

    /** One that has but one type. */
    private AttentionSpecBuilder want(Operand operand, boolean wanted, int... size) {
        return want(operand, wanted ? OperandTable.of(operand).types().only() : null, size);
    }

    private static void requireSizes(String operand, int... sizes) {
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < 1) {
                throw new IllegalArgumentException(DIMENSIONS[i] + " of " + operand + " must be at least 1, but is "
                        + sizes[i] + "; 1 holds for the whole dimension");
            }
        }
    }

    static void require(boolean given, String name, String how) {
        if (!given) {
            throw new IllegalArgumentException(name + " was not set; call " + how);
        }
    }

    /** A 0 that was set is another matter, and checked later. */
    void requireGiven() {
        require((given & HEADS) != 0, "heads", "heads(..)");
        require((given & QUERY_LENGTH) != 0, "queryLength", "queryLength(..), or sequenceLength(..) for both lengths");
        require((given & KEY_LENGTH) != 0, "keyLength", "keyLength(..), or sequenceLength(..) for both lengths");
        require((given & HEAD_DIM) != 0, "headDim", "headDim(..)");
    }

    /** Entries of the batch; 1 if not set. */
    public AttentionSpecBuilder batch(int batch) {
        this.batch = batch;
        return this;
    }

    /** Query heads. */
    public AttentionSpecBuilder heads(int heads) {
        this.heads = heads;
        given |= HEADS;
        return this;
    }

    /** Key/value heads, a divisor of {@code heads}; as many as {@code heads} if not set. */
    public AttentionSpecBuilder kvHeads(int kvHeads) {
        AttentionSpec.requirePositive("kvHeads", kvHeads);
        this.kvHeads = kvHeads;
        return this;
    }

    /** Sets both lengths: as many queries as keys. */
    public AttentionSpecBuilder sequenceLength(int length) {
        return queryLength(length).keyLength(length);
    }

    /** Queries per head; with ragged queries, the most of any entry. */
    public AttentionSpecBuilder queryLength(int queryLength) {
        this.queryLength = queryLength;
        given |= QUERY_LENGTH;
        return this;
    }

    /** Keys per head; with ragged keys, the most of any entry. */
    public AttentionSpecBuilder keyLength(int keyLength) {
        this.keyLength = keyLength;
        given |= KEY_LENGTH;
        return this;
    }

    /** Size of a query and key row. */
    public AttentionSpecBuilder headDim(int headDim) {
        this.headDim = headDim;
        given |= HEAD_DIM;
        return this;
    }

    /** Size of a value and output row; {@code headDim} if not set. */
    public AttentionSpecBuilder valueDim(int valueDim) {
        AttentionSpec.requirePositive("valueDim", valueDim);
        this.valueDim = valueDim;
        return this;
    }

    /** Factor of the scores; 1/√headDim if not set. */
    public AttentionSpecBuilder scale(float scale) {
        this.scale = scale;
        return this;
    }

    /** Bounds the scaled scores softly: {@code cap · tanh(x / cap)}, before bias and masks. */
    public AttentionSpecBuilder softcap(float cap) {
        if (!(cap > 0) || !Float.isFinite(cap)) {
            throw new IllegalArgumentException(
                    "softcap must be finite and more than 0, but is " + cap + "; leave it out for none");
        }
        this.softcap = cap;
        return this;
    }

    /** Which keys a query may see by position; all if not set. {@link Mask.Alignment#GIVEN} adds {@link Operand#DIAGONALS}. */
    public AttentionSpecBuilder mask(Mask mask) {
        this.mask = Objects.requireNonNull(mask, "mask");
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

    /** Asks for the matrix of scores ({@link Operand#SCORES}): memory and time quadratic in length, for people who look at attention. */
    public AttentionSpecBuilder returnScores(ScoreStage stage) {
        scoreStage = Objects.requireNonNull(stage, "stage");
        return want(Operand.SCORES, true);
    }

    /** The type of query, key, value and out; F32 if not set. */
    public AttentionSpecBuilder types(DType type) {
        return type(Operand.QUERY, type)
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type)
                .type(Operand.OUT, type);
    }

    /**
     * The type of query, key, value or out alone: F32, F16 or BF16. Key and value may be I8 or I4 too, which adds {@link Operand#KEY_SCALES} or
     * {@link Operand#VALUE_SCALES}.
     */
    public AttentionSpecBuilder type(Operand operand, DType type) {
        Objects.requireNonNull(operand, "operand");
        if (OperandTable.of(operand).role() != Role.MAIN) {
            throw new IllegalArgumentException(
                    "type is for query, key, value and out, but was asked for " + operand.label());
        }
        types[operand.ordinal()] = Objects.requireNonNull(type, "type");
        Operand scales = OperandTable.scalesOf(operand);
        return scales == null ? this : want(scales, type.isQuantised());
    }

    /** How exactly inputs must be multiplied; {@link Precision#AS_STORED} if not set. */
    public AttentionSpecBuilder precision(Precision precision) {
        this.precision = Objects.requireNonNull(precision, "precision");
        return this;
    }

    /** In which order the dimensions of query, key, value and out lie in memory; [batch, head, row, column] if not set. */
    public AttentionSpecBuilder order(Layout.Order order) {
        this.order = Objects.requireNonNull(order, "order");
        return this;
    }

    /** Where the elements of an operand lie, read or written in place; side by side if not set. */
    public AttentionSpecBuilder layout(Operand operand, Layout layout) {
        layouts[Objects.requireNonNull(operand, "operand").ordinal()] = Objects.requireNonNull(layout, "layout");
        return this;
    }

    /** Adds {@link Operand#KEEP_MASK} of full shape, U8 or BIT. */
    public AttentionSpecBuilder keepMask(DType type) {
        return want(Operand.KEEP_MASK, Objects.requireNonNull(type, "type"));
    }

    /** Adds {@link Operand#KEEP_MASK} of this shape; a size of 1 holds for the whole dimension. */
    public AttentionSpecBuilder keepMask(DType type, int batch, int heads, int queries, int keys) {
        requireSizes("keep_mask", batch, heads, queries, keys);
        return want(Operand.KEEP_MASK, Objects.requireNonNull(type, "type"), batch, heads, queries, keys);
    }

    /** Adds {@link Operand#BIAS} of full shape, F32, F16 or BF16. */
    public AttentionSpecBuilder bias(DType type) {
        return want(Operand.BIAS, Objects.requireNonNull(type, "type"));
    }

    /** Adds {@link Operand#BIAS} of this shape; a size of 1 holds for the whole dimension. */
    public AttentionSpecBuilder bias(DType type, int batch, int heads, int queries, int keys) {
        requireSizes("bias", batch, heads, queries, keys);
        return want(Operand.BIAS, Objects.requireNonNull(type, "type"), batch, heads, queries, keys);
    }

    /** Adds {@link Operand#KEY_LENGTHS}: batches with padding behind the keys. */
    public AttentionSpecBuilder keyLengths() {
        return want(Operand.KEY_LENGTHS, true);
    }

    /** Adds {@link Operand#QUERY_OFFSETS}: the queries of all entries lie behind one another, {@code totalQueries} rows in all. */
    public AttentionSpecBuilder raggedQueries(int totalQueries) {
        AttentionSpec.requirePositive("totalQueries", totalQueries);
        this.totalQueries = totalQueries;
        return want(Operand.QUERY_OFFSETS, true);
    }

    /** Adds {@link Operand#KEY_OFFSETS}: the keys of all entries lie behind one another, {@code totalKeys} rows in all. */
    public AttentionSpecBuilder raggedKeys(int totalKeys) {
        AttentionSpec.requirePositive("totalKeys", totalKeys);
        this.totalKeys = totalKeys;
        return want(Operand.KEY_OFFSETS, true);
    }

    /**
     * Keys and values lie in pages that the entries of the batch share, as a cache for text generation keeps them: {@link Operand#KEY} is [pages,
     * kvHeads, pageSize, headDim], likewise {@link Operand#VALUE}. Adds {@link Operand#PAGE_TABLE}, which says whose page is which, and {@link
     * Operand#KEY_LENGTHS}; {@code keyLength} is the most keys an entry may have.
     *
     * @param pageSize keys of a page, a power of two from 16 to 32768
     * @param pages pages in all
     */
    public AttentionSpecBuilder paged(int pageSize, int pages) {
        requirePages(pageSize, pages);
        this.pageSize = pageSize;
        this.pages = pages;
        return want(Operand.PAGE_TABLE, true).keyLengths();
    }

    static void requirePages(int pageSize, int pages) {
        if (pageSize < 16 || pageSize > 1 << 15 || Integer.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException("pageSize must be a power of two from 16 to 32768, but is " + pageSize);
        }
        AttentionSpec.requirePositive("pages", pages);
    }

    /** Adds {@link Operand#PREFIX_LENGTHS}: all queries see the keys of a prefix, the mask's right bound notwithstanding (prefix-LM). */
    public AttentionSpecBuilder prefixLengths() {
        return want(Operand.PREFIX_LENGTHS, true);
    }

    /** Adds {@link Operand#KEY_BEGINS} and {@link Operand#KEY_ENDS}, the same for all heads: documents ({@link KeyRanges}), any range per query. */
    public AttentionSpecBuilder keyRanges() {
        return want(Operand.KEY_BEGINS, true, FULL, 1, FULL, 1).want(Operand.KEY_ENDS, true, FULL, 1, FULL, 1);
    }

    /** Adds {@link Operand#KEY_BEGINS} and {@link Operand#KEY_ENDS} for 1 or all batch entries, and 1 or all heads. */
    public AttentionSpecBuilder keyRanges(int batch, int heads) {
        requireSizes("key_begins and key_ends", batch, heads);
        return want(Operand.KEY_BEGINS, true, batch, heads, FULL, 1)
                .want(Operand.KEY_ENDS, true, batch, heads, FULL, 1);
    }

    /** Adds {@link Operand#ALIBI_SLOPES}, one slope for each head ({@link AlibiSlopes} makes the usual ones). */
    public AttentionSpecBuilder alibi() {
        return alibi(1);
    }

    /** Adds {@link Operand#ALIBI_SLOPES} for 1 or all batch entries. */
    public AttentionSpecBuilder alibi(int batch) {
        requireSizes("alibi_slopes", batch);
        return want(Operand.ALIBI_SLOPES, true, batch, FULL, 1, 1);
    }

    /** Adds {@link Operand#SINK}, one logit for each head. */
    public AttentionSpecBuilder sink() {
        return want(Operand.SINK, true);
    }

    /**
     * Rotates query and key as they are loaded. Adds {@link Operand#ROTARY_COS} and {@link Operand#ROTARY_SIN}. Key j is at position j, query i at
     * {@code i + keys - queries} of its entry, or 0 where that is negative; {@link #queryPositions} and {@link #keyPositions} say otherwise. Unless both
     * do, the tables must have at least {@code keyLength} positions.
     */
    public AttentionSpecBuilder rotary(Rotary rotary) {
        this.rotary = Objects.requireNonNull(rotary, "rotary");
        return want(Operand.ROTARY_COS, true).want(Operand.ROTARY_SIN, true);
    }

    /** Adds {@link Operand#QUERY_POSITIONS} for 1 or all batch entries. */
    public AttentionSpecBuilder queryPositions(int batch) {
        requireSizes("query_positions", batch);
        return want(Operand.QUERY_POSITIONS, true, batch, 1, FULL, 1);
    }

    /** Adds {@link Operand#KEY_POSITIONS} for 1 or all batch entries. */
    public AttentionSpecBuilder keyPositions(int batch) {
        requireSizes("key_positions", batch);
        return want(Operand.KEY_POSITIONS, true, batch, 1, FULL, 1);
    }

    /**
     * Checks the parts and makes the spec.
     *
     * @throws IllegalArgumentException naming the part that is wrong, what it is and what it may be
     */
    public AttentionSpec build() {
        return new AttentionSpec(new AttentionSpecBuilder(this));
    }
}
