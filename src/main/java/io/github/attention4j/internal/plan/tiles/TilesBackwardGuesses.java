package io.github.attention4j.internal.plan.tiles;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.family.Family.Guess;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Tiles of gradients for a device that nobody has tuned, by the same rule as {@link TilesGuesses}. */
final class TilesBackwardGuesses {
    /** Rows owned, rows walked over, items along the latter and the former, depth; the largest micro-tiles first. */
    private static final int[][] SHAPES = {
        {64, 64, 16, 8, 16}, // 8 x 4 products, 8 x 4 of either gradient up to 64 columns
        {64, 128, 16, 16, 16}, // 4 x 8 products, 4 x 8 of either gradient up to 128 columns
        {64, 64, 16, 16, 16}, // 4 x 4 products
        {32, 128, 32, 8, 32}, // the same, 4 x 4 of either gradient up to 128 columns
        {16, 32, 8, 4, 8},
        {16, 16, 4, 4, 4} // the least local memory
    };

    private TilesBackwardGuesses() {}

    /** Those whose accumulators fit the registers, then the others, the lightest first. */
    static List<Guess> of(AttentionSpec spec, Device device) {
        int most = TilesGuesses.mostAccumulators(Shuffle.of(device), spec, device);
        List<Guess> guesses = new ArrayList<>();
        List<TilesBackwardConfig> heavy = new ArrayList<>();
        for (int[] shape : SHAPES) {
            TilesBackwardConfig tiles = new TilesBackwardConfig(shape[0], shape[1], shape[2], shape[3], shape[4]);
            if (tiles.accumulators(spec) <= most) {
                guesses.add(new Guess(tiles, reason(tiles, spec)));
            } else {
                heavy.add(tiles);
            }
        }
        heavy.sort(Comparator.comparingInt(tiles -> tiles.accumulators(spec)));
        for (TilesBackwardConfig tiles : heavy) {
            guesses.add(new Guess(tiles, reason(tiles, spec) + ", more than registers hold"));
        }
        return guesses;
    }

    private static String reason(TilesBackwardConfig tiles, AttentionSpec spec) {
        return tiles.tileQ() / tiles.itemsY() + " x " + tiles.tileKv() / tiles.itemsX() + " products and "
                + tiles.accumulators(spec) + " accumulators a work-item";
    }
}
