package io.github.attention4j.transformer.internal.encoder;

/**
 * The size of a ragged batch, rounded up so that few sizes occur: for each there are plans and tensors.
 *
 * @param rows tokens of all texts
 * @param entries texts
 * @param longest tokens of a text
 */
record BatchSize(int rows, int entries, int longest) {
    private static final int STEP = 8;

    /**
     * Of these texts.
     *
     * @param least tokens of the longest text, if none has more
     */
    static BatchSize of(int[][] texts, int least) {
        int rows = 0;
        int longest = Math.max(least, STEP);
        for (int[] text : texts) {
            rows = Math.addExact(rows, text.length);
            longest = Math.max(longest, text.length);
        }
        return new BatchSize(roundedUp(rows), powerOfTwo(texts.length), powerOfTwo(longest));
    }

    /** To a multiple of an eighth of the largest power of two in it, at least of {@value #STEP}. */
    private static int roundedUp(int rows) {
        int step = Math.max(STEP, Integer.highestOneBit(rows) / STEP);
        return Math.addExact(rows, step - 1) / step * step;
    }

    private static int powerOfTwo(int number) {
        int highest = Integer.highestOneBit(number);
        return highest == number ? number : Math.multiplyExact(2, highest);
    }
}
