package io.github.attention4j;

/**
 * What goes into a call and comes out of it. Which of them a call has, and with which type, shape and layout, its
 * {@link AttentionSpec} says: {@link AttentionSpec#operand}. Shapes are [batch, heads, rows, columns]; "1 or n" is a
 * dimension that may be 1 and then holds for all n.
 */
public enum Operand {
    /** [batch, heads, queryLength, headDim]; of a ragged batch [1, heads, totalQueries, headDim]. */
    QUERY,
    /**
     * [batch, kvHeads, keyLength, headDim]; of a ragged batch [1, kvHeads, totalKeys, headDim]; of a paged cache
     * [pages, kvHeads, pageSize, headDim].
     */
    KEY,
    /**
     * [batch, kvHeads, keyLength, valueDim]; of a ragged batch [1, kvHeads, totalKeys, valueDim]; of a paged cache
     * [pages, kvHeads, pageSize, valueDim].
     */
    VALUE,
    /** An output: [batch, heads, queryLength, valueDim]; of a ragged batch [1, heads, totalQueries, valueDim]. */
    OUT,
    /**
     * An output: [batch, heads, queryLength, 1], natural logarithms, F32; of a ragged batch [1, heads, totalQueries,
     * 1].
     */
    LSE,
    /** An output: [batch, heads, queryLength, keyLength], F32, at a {@link ScoreStage}. */
    SCORES,
    /**
     * [1 or batch, 1 or heads, 1 or queryLength, 1 or keyLength], U8 or BIT; not 0: the query may see the key. BIT rows
     * hold whole bytes.
     */
    KEEP_MASK,
    /**
     * [1 or batch, 1 or heads, 1 or queryLength, 1 or keyLength], F32, F16 or BF16: added to the scores, unscaled; −∞
     * hides the key.
     */
    BIAS,
    /** [batch, 1, 1, 1], I32: how many keys of the batch entry exist; what lies beyond is never read. */
    KEY_LENGTHS,
    /** [batch + 1, 1, 1, 1], I32: the rows of a ragged batch's entry b are those from element b up to element b + 1. */
    QUERY_OFFSETS,
    /** [batch + 1, 1, 1, 1], I32: likewise for keys and values. */
    KEY_OFFSETS,
    /** [batch, 1, 1, 1], I32: query i stands at key i + diagonal; for {@link Mask.Alignment#GIVEN}. */
    DIAGONALS,
    /**
     * [batch, 1, 1, 1], I32: keys before this are not hidden by the right bound of causal and window masks (prefix-LM).
     */
    PREFIX_LENGTHS,
    /** [1 or batch, 1 or heads, queryLength, 1], I32: the first key that the query may see. */
    KEY_BEGINS,
    /** [1 or batch, 1 or heads, queryLength, 1], I32: the key after the last that the query may see. */
    KEY_ENDS,
    /** [1 or batch, heads, 1, 1], F32: {@code −slope · |i + keys − queries − j|} is added to the scores. */
    ALIBI_SLOPES,
    /** [1, heads, 1, 1], F32: one more logit for each row, in the maximum and the denominator only. */
    SINK,
    /** [1, 1, positions, rotary dim / 2], F32: cosines of the angles of {@link Rotary}. */
    ROTARY_COS,
    /** [1, 1, positions, rotary dim / 2], F32: sines of the angles of {@link Rotary}. */
    ROTARY_SIN,
    /** [1 or batch, 1, queryLength, 1], I32: rows of the rotary tables for the queries. */
    QUERY_POSITIONS,
    /** [1 or batch, 1, keyLength, 1], I32: rows of the rotary tables for the keys. */
    KEY_POSITIONS,
    /**
     * [batch, 1, pagesPerEntry, 1], I32, with {@code pagesPerEntry = ⌈keyLength / pageSize⌉}: key j of the entry is row
     * {@code j % pageSize} of page {@code table[j / pageSize]}. What belongs to no key that a query sees may be
     * anything.
     */
    PAGE_TABLE,
    /**
     * F32: the scales of each row of a quantised {@link #KEY}: its shape, but with {@link DType#scales} of headDim
     * columns.
     */
    KEY_SCALES,
    /**
     * F32: the scales of each row of a quantised {@link #VALUE}: its shape, but with {@link DType#scales} of valueDim
     * columns.
     */
    VALUE_SCALES;

    private final String label = lowerCase();

    /** Whether the call writes it. */
    public boolean isOutput() {
        return this == OUT || this == LSE || this == SCORES;
    }

    /** As messages say it: {@code "key_lengths"}. */
    public String label() {
        return label;
    }

    private String lowerCase() {
        StringBuilder lower = new StringBuilder(name());
        for (int i = 0;
                i < lower.length();
                i++) { // by hand: toLowerCase loads locale data, which takes time at the start
            char c = lower.charAt(i);
            lower.setCharAt(i, c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c);
        }
        return lower.toString();
    }
}
