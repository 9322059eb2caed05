package io.github.attention4j.examples.dates;

import java.util.List;

/**
 * Dates as numbers of characters, a row for each step.
 *
 * @param lengths how many characters each text has
 * @param forward [step][date] the texts, padded with 0 to the length of the longest
 * @param backward [step][date] the texts from their last character to their first, likewise
 * @param written [step][date] the dates as they are to be written
 */
record Batch(int[] lengths, int[][] forward, int[][] backward, int[][] written) {
    /** Characters of {@code 2021-05-03}. */
    static final int WRITTEN = 10;

    static Batch of(List<WrittenDate> dates) {
        int[] lengths = dates.stream().mapToInt(date -> date.text().length()).toArray();
        int[][] forward = new int[longest(lengths)][dates.size()];
        int[][] backward = new int[forward.length][dates.size()];
        int[][] written = new int[WRITTEN][dates.size()];
        for (int i = 0; i < dates.size(); i++) {
            int[] text = Alphabet.READ.numbers(dates.get(i).text());
            for (int step = 0; step < text.length; step++) {
                forward[step][i] = text[step];
                backward[step][i] = text[text.length - 1 - step];
            }
            int[] date = Alphabet.WRITTEN.numbers(dates.get(i).date().toString());
            for (int step = 0; step < WRITTEN; step++) {
                written[step][i] = date[step];
            }
        }
        return new Batch(lengths, forward, backward, written);
    }

    private static int longest(int[] lengths) {
        int longest = 0;
        for (int length : lengths) {
            longest = Math.max(longest, length);
        }
        return longest;
    }

    int size() {
        return lengths.length;
    }

    /** Characters of the longest text. */
    int textLength() {
        return forward.length;
    }

    /** What the decoder reads when the right answer is known: at each step the character before; first none. */
    int[][] writtenBefore() {
        int[][] before = new int[WRITTEN][];
        before[0] = new int[size()];
        System.arraycopy(written, 0, before, 1, WRITTEN - 1);
        return before;
    }
}
