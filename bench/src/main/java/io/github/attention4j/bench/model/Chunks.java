package io.github.attention4j.bench.model;

import io.github.attention4j.transformer.internal.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * A text cut into inputs of equal length, because the model knows a limited number of positions and a batch has one
 * length: full chunks together, at most {@value #LARGEST_BATCH} at a time, and the rest by itself.
 */
public final class Chunks {
    /** Keeps the feed-forward layers of a long book from filling the memory. */
    static final int LARGEST_BATCH = 16;

    private Chunks() {}

    /**
     * Batches of inputs; all inputs of a batch have the same length, at most {@code positions}.
     *
     * @param positions how many positions the model knows
     */
    public static List<int[][]> of(Tokenizer tokenizer, String text, int positions) {
        int[] ids = tokenizer.encode(text);
        int content = positions - 2; // each input is framed by [CLS] and [SEP]
        List<int[][]> batches = new ArrayList<>();
        List<int[]> full = new ArrayList<>();
        for (int from = 0; from + content <= ids.length; from += content) {
            full.add(tokenizer.framed(ids, from, from + content));
        }
        for (int from = 0; from < full.size(); from += LARGEST_BATCH) {
            batches.add(full.subList(from, Math.min(full.size(), from + LARGEST_BATCH))
                    .toArray(int[][]::new));
        }
        int rest = full.size() * content;
        if (rest < ids.length || ids.length == 0) {
            batches.add(new int[][] {tokenizer.framed(ids, rest, ids.length)});
        }
        return batches;
    }
}
