package io.github.attention4j.transformer.internal.encoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Which texts go through a model together: texts of like lengths, so many that their tokens stay below a limit. */
public final class Batches {
    private Batches() {}

    /**
     * Cuts texts into batches, the longest texts first.
     *
     * @param lengths tokens of each text
     * @param mostTokens of a batch; a longer text is a batch of its own
     * @return indexes of texts
     */
    public static List<int[]> of(int[] lengths, int mostTokens) {
        int[] order = IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> -lengths[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        List<int[]> batches = new ArrayList<>();
        int from = 0;
        long tokens = 0;
        for (int i = 0; i < order.length; i++) {
            if (i > from && tokens + lengths[order[i]] > mostTokens) {
                batches.add(Arrays.copyOfRange(order, from, i));
                from = i;
                tokens = 0;
            }
            tokens += lengths[order[i]];
        }
        if (from < order.length) {
            batches.add(Arrays.copyOfRange(order, from, order.length));
        }
        return batches;
    }
}
