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
    VALUE_SCALES,
    /** [1, heads, 1, headDim], F32: the vector of additive scores: {@link AttentionSpecBuilder#additive}. */
    ADDITIVE_VECTOR,
    /**
     * [1, 1, 1, 4], I32: which weights are dropped: the lower and the upper half of the seed, the offset, and the
     * number of the first head; {@link Dropout#state} makes it.
     */
    DROPOUT_STATE,
    /** [1, 1, 1, count], F32: what score and keep functions read as {@code place.number(i)}. */
    SCORE_NUMBERS,
    /**
     * F32, F16, BF16, I32, or U8 for 0 and, of any other byte, 1; of the sizes asked for, behind as many of 1 as are
     * missing to four: what score and keep functions read as {@code place.tensor(0)}.
     */
    SCORE_TENSOR_0,
    /** Likewise, as {@code place.tensor(1)}. */
    SCORE_TENSOR_1,
    /** Likewise, as {@code place.tensor(2)}. */
    SCORE_TENSOR_2,
    /** Likewise, as {@code place.tensor(3)}. */
    SCORE_TENSOR_3,
    /**
     * [1 or batch, 1 or heads, 1, {@link BlockMask#numbers}], I32: which blocks of keys are visited for each block of
     * queries; {@link BlockMask#array} makes it.
     */
    BLOCK_MASK,
    /**
     * The loss's gradient with respect to {@link #OUT}; its shape, F32, F16 or BF16. An input, as all that follow are
     * of backward calls only: {@link AttentionSpec#backward}.
     */
    GRAD_OUT,
    /** The loss's gradient with respect to {@link #LSE}, F32; an input. Rows with an lse of −∞ do not count. */
    GRAD_LSE,
    /** An output: the shape of {@link #QUERY}, F32, F16 or BF16; with respect to the query before it is rotated. */
    GRAD_QUERY,
    /** An output: the shape of {@link #KEY}, F32, F16 or BF16; with respect to the key before it is rotated. */
    GRAD_KEY,
    /** An output: the shape of {@link #VALUE}, F32, F16 or BF16. */
    GRAD_VALUE,
    /** An output: the shape of {@link #BIAS}, F32, F16 or BF16, summed over what the bias holds for. */
    GRAD_BIAS,
    /** An output: the shape of {@link #ALIBI_SLOPES}, F32. */
    GRAD_ALIBI_SLOPES,
    /** An output: the shape of {@link #SINK}, F32. */
    GRAD_SINK,
    /** An output: the shape of {@link #ADDITIVE_VECTOR}, F32. */
    GRAD_ADDITIVE_VECTOR,
    /** An output: the shape of {@link #SCORE_TENSOR_0}, F32, summed over all pairs that read an element. */
    GRAD_SCORE_TENSOR_0,
    /** An output: the shape of {@link #SCORE_TENSOR_1}, likewise. */
    GRAD_SCORE_TENSOR_1,
    /** An output: the shape of {@link #SCORE_TENSOR_2}, likewise. */
    GRAD_SCORE_TENSOR_2,
    /** An output: the shape of {@link #SCORE_TENSOR_3}, likewise. */
    GRAD_SCORE_TENSOR_3;

    private final String label = lowerCase();

    /**
     * Whether calls that compute it write it. Backward calls read {@link #OUT} and {@link #LSE}:
     * {@link AttentionSpec#isOutput}.
     */
    public boolean isOutput() {
        return switch (this) {
            case OUT,
                    LSE,
                    SCORES,
                    GRAD_QUERY,
                    GRAD_KEY,
                    GRAD_VALUE,
                    GRAD_BIAS,
                    GRAD_ALIBI_SLOPES,
                    GRAD_SINK,
                    GRAD_ADDITIVE_VECTOR,
                    GRAD_SCORE_TENSOR_0,
                    GRAD_SCORE_TENSOR_1,
                    GRAD_SCORE_TENSOR_2,
                    GRAD_SCORE_TENSOR_3 -> true;
            default -> false;
        };
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
