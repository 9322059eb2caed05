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

    static BatchSize of(int[][] texts) {
        int rows = 0;
        int longest = 0;
        for (int[] text : texts) {
            rows = Math.addExact(rows, text.length);
            longest = Math.max(longest, text.length);
        }
        return new BatchSize(roundedUp(rows), powerOfTwo(texts.length), powerOfTwo(Math.max(longest, STEP)));
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
