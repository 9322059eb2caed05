package io.github.attention4j.internal.plan.tiles;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.RowLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Tiles of gradients for a device that nobody has tuned, by the same rule as {@link TilesGuesses}. */
final class TilesBackwardGuesses {
    /** Rows owned, rows walked over, items along the latter and the former, depth, passes; the fastest first. */
    private static final int[][] SHAPES = {
        {64, 64, 16, 8, 16, 1}, // 8 x 4 products, 8 x 4 of either gradient up to 64 columns
        {64, 128, 16, 16, 16, 1}, // 4 x 8 products, 4 x 8 of either gradient up to 128 columns
        {64, 64, 16, 16, 16, 1}, // 4 x 4 products
        {32, 128, 32, 8, 32, 1}, // the same, 4 x 4 of either gradient up to 128 columns
        {64, 64, 16, 16, 16, 2}, // 4 x 8 of either gradient up to 256 columns
        {64, 64, 16, 16, 16, 4}, // 4 x 4
        {16, 32, 8, 4, 8, 1},
        {16, 16, 4, 4, 4, 1} // the least local memory
    };

    /** Where an element of a pair is, or the angles of a row, takes registers as well. */
    private static final int MOST_WITH_PAIRS = 96;

    private static final int MOST_WITH_PAIRS_OF_INTEL8 = 64;

    private TilesBackwardGuesses() {}

    /**
     * Those whose accumulators fit the registers. Only where none of them is legal the others, the lightest first, as
     * {@link TilesGuesses} has it.
     */
    static List<Guess> of(AttentionSpec spec, Device device) {
        Shuffle shuffle = Shuffle.of(device);
        int most = TilesGuesses.mostAccumulators(shuffle, spec, device);
        if (RowLayout.hasPairs(spec) || spec.rotary() != null) {
            most = Math.min(most, shuffle == Shuffle.INTEL8 ? MOST_WITH_PAIRS_OF_INTEL8 : MOST_WITH_PAIRS);
        }
        int lanes = shuffle == Shuffle.INTEL ? 16 : shuffle == Shuffle.INTEL8 ? 8 : 0;
        List<Guess> guesses = new ArrayList<>();
        List<TilesBackwardConfig> heavy = new ArrayList<>();
        boolean isLightLegal = false;
        boolean areRowsPlain = spec.rotary() == null && RowLayout.areFoursAligned(spec);
        for (int[] shape : SHAPES) {
            if (lanes > 0 && shape[2] > 16 && !areRowsPlain) {
                continue; // elements read one by one: of five fours at a time, that is more than registers hold
            }
            TilesBackwardConfig tiles =
                    new TilesBackwardConfig(shape[0], shape[1], shape[2], shape[3], shape[4], shape[5], lanes);
            if (tiles.accumulators(spec) <= most) {
                guesses.add(new Guess(tiles, reason(tiles, spec)));
                isLightLegal |= tiles.obstacle(spec, device).isEmpty();
            } else {
                heavy.add(tiles);
            }
        }
        heavy.sort(Comparator.comparingInt(tiles -> tiles.accumulators(spec)));
        for (TilesBackwardConfig tiles : isLightLegal ? List.<TilesBackwardConfig>of() : heavy) {
            guesses.add(new Guess(tiles, reason(tiles, spec) + ", more than registers hold"));
        }
        return guesses;
    }

    private static String reason(TilesBackwardConfig tiles, AttentionSpec spec) {
        return tiles.tileQ() / tiles.itemsY() + " x " + tiles.tileKv() / tiles.itemsX() + " products and "
                + tiles.accumulators(spec) + " accumulators a work-item";
    }
}
