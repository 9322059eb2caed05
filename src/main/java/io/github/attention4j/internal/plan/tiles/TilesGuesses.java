package io.github.attention4j.internal.plan.tiles;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.RowLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Tiles of work-groups for a device that nobody has tuned. The largest micro-tile that registers hold is the best: each
 * number that comes from local memory is then used most often. What registers hold is what the compilers for the
 * devices leave without spilling.
 */
final class TilesGuesses {
    /** Queries, keys, items along keys and along queries, depth; the largest micro-tiles first. */
    private static final int[][] SHAPES = {
        {128, 64, 8, 16, 8}, // 8 x 8 logits, 8 x 8 outputs up to valueDim 64
        {64, 64, 16, 8, 16}, // 8 x 4 logits, 8 x 8 outputs up to valueDim 128
        {128, 64, 16, 16, 16}, // 8 x 4 logits, 8 x 4 outputs up to valueDim 64
        {64, 128, 16, 16, 16}, // 4 x 8 logits, 4 x 16 outputs up to valueDim 256
        {64, 64, 8, 16, 8}, // 4 x 8 logits, 4 x 8 outputs up to valueDim 64, 4 x 16 up to 128
        {64, 64, 16, 16, 16}, // 4 x 4 logits
        {64, 128, 32, 16, 32}, // the same up to valueDim 128, for sub-groups of 8 lanes
        {32, 64, 16, 8, 16},
        {16, 32, 8, 4, 8},
        {16, 16, 4, 4, 4} // the least local memory
    };

    /** With 128, compilers for sm_90 have no registers left for where an element of a pair is. */
    private static final int MOST_WITH_PAIRS = 112;

    /** The exchange through local memory takes registers as well. */
    private static final int MOST_CROSSING = 80;

    private TilesGuesses() {}

    /**
     * Those whose accumulators fit the registers. Only where none of them is legal the others, the lightest first:
     * compilers keep their accumulators in memory, so they are slow there, but right.
     */
    static List<Guess> of(AttentionSpec spec, Device device) {
        Shuffle shuffle = Shuffle.of(device);
        int most = mostAccumulators(shuffle, spec, device);
        if (RowLayout.hasPairs(spec)) {
            most = Math.min(most, MOST_WITH_PAIRS);
        }
        List<Guess> guesses = new ArrayList<>();
        List<Guess> crossing = new ArrayList<>();
        List<Guess> heavy = new ArrayList<>();
        boolean isLightLegal = false;
        for (int[] shape : SHAPES) {
            if (shape[2] > 16 && shuffle != Shuffle.INTEL8) {
                continue; // more work-items a row than a sub-group has lanes
            }
            TilesConfig tiles = new TilesConfig(shape[0], shape[1], shape[2], shape[3], shape[4], shuffle);
            if (tiles.misfit().isPresent()) { // fewer items than a sub-group has lanes
                tiles = new TilesConfig(shape[0], shape[1], shape[2], shape[3], shape[4], Shuffle.NONE);
            }
            int accumulators = tiles.accumulators(spec);
            String reason = shape[0] / shape[3] + " x " + shape[1] / shape[2] + " logits and " + accumulators
                    + " accumulators a work-item";
            // Rows of work-items that cross sub-groups exchange through local memory, so they come last.
            boolean crosses = shuffle == Shuffle.INTEL8 && shape[2] > 8;
            if (accumulators <= (crosses ? Math.min(most, MOST_CROSSING) : most)) {
                (crosses ? crossing : guesses).add(new Guess(tiles, reason));
                isLightLegal |= tiles.obstacle(spec, device).isEmpty();
            } else {
                int at = 0;
                while (at < heavy.size() && ((TilesConfig) heavy.get(at).tiles()).accumulators(spec) <= accumulators) {
                    at++;
                }
                heavy.add(at, new Guess(tiles, reason + ", more than registers hold"));
            }
        }
        guesses.addAll(crossing);
        if (!isLightLegal) {
            guesses.addAll(heavy);
        }
        return guesses;
    }

    /**
     * Numbers of 32 bits that a work-item can keep beside what it multiplies and fetches. NVIDIA's have 255 registers;
     * AMD's for computing (gfx90a and later) 512, half of which only move, and the others 256, of which their compiler
     * needs more besides. Intel's have 256 with 8 lanes a sub-group, or half of that without the large register file,
     * which came with the matrix units; with 16 lanes half as many.
     */
    static int mostAccumulators(Shuffle shuffle, AttentionSpec spec, Device device) {
        return switch (shuffle) {
            case NVIDIA -> 128;
            case INTEL -> 32;
            case INTEL8 -> device.instructions().isEmpty() ? 32 : 96;
            case AMD -> isForComputing(device.name()) && spec.valueDim() <= 64 ? 128 : 80;
            case KHR, NONE, EMULATED -> 80;
        };
    }

    private static boolean isForComputing(String name) {
        return name.startsWith("gfx90a") || name.startsWith("gfx94") || name.startsWith("gfx95");
    }
}
