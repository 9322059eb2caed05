package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import java.util.ArrayList;
import java.util.List;

/**
 * Tiles of work-groups for a device that nobody has tuned. The largest micro-tile that registers hold is the best: each number that comes
 * from local memory is then used most often.
 */
final class GroupGuesses {
    /** Queries, keys, items along keys and along queries; the largest micro-tiles first, and of equal ones the most queries. */
    private static final int[][] SHAPES = {
        {128, 64, 8, 16}, // 8 x 8 logits, 8 x 8 outputs up to valueDim 64
        {64, 128, 16, 8}, // the same up to valueDim 128
        {128, 32, 8, 16}, // 8 x 4 logits, 8 x 12 outputs up to valueDim 96
        {64, 128, 16, 16}, // 4 x 8 logits, 4 x 16 outputs up to valueDim 256
        {64, 64, 16, 16}, // 4 x 4 logits
        {32, 64, 16, 8},
        {16, 32, 8, 4},
        {16, 16, 4, 4}
    };

    /** Numbers of 32 bits; a work-item has up to 256 registers, and needs the other half for what it multiplies and fetches. */
    private static final int MOST_ACCUMULATORS = 128;

    private static final int DEPTH = 16;

    private GroupGuesses() {}

    /** Those whose accumulators fit the registers, then the others: they are slow there, but right. */
    static List<Heuristics.Guess> of(AttentionSpec spec, Device device) {
        Shuffle shuffle = Shuffle.of(device);
        List<Heuristics.Guess> guesses = new ArrayList<>();
        List<Heuristics.Guess> heavy = new ArrayList<>();
        for (int[] shape : SHAPES) {
            boolean wholeWarps = shape[2] * shape[3] % 32 == 0;
            GroupTiles tiles = new GroupTiles(
                    shape[0],
                    shape[1],
                    shape[2],
                    shape[3],
                    DEPTH,
                    shuffle == Shuffle.NVIDIA && !wholeWarps ? Shuffle.NONE : shuffle);
            int accumulators = tiles.accumulators(spec);
            String reason = shape[0] / shape[3] + " x " + shape[1] / shape[2] + " logits and " + accumulators
                    + " accumulators a work-item";
            if (accumulators <= MOST_ACCUMULATORS) {
                guesses.add(new Heuristics.Guess(tiles, reason));
            } else {
                int at = 0; // the lightest first
                while (at < heavy.size() && ((GroupTiles) heavy.get(at).tiles()).accumulators(spec) <= accumulators) {
                    at++;
                }
                heavy.add(at, new Heuristics.Guess(tiles, reason + ", more than registers hold"));
            }
        }
        guesses.addAll(heavy);
        return guesses;
    }
}
