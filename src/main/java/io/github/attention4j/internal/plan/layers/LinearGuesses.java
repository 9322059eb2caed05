package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Device;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.plan.family.Product;
import io.github.attention4j.internal.plan.lanes.LanesGuesses;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import java.util.ArrayList;
import java.util.List;

/** Tiles of linear layers for a device that nobody has tuned. Pure functions. */
final class LinearGuesses {
    /** Groups that keep a processor's cores equally busy, for each of them. */
    private static final int GROUPS_A_CORE = 4;

    private LinearGuesses() {}

    /** Of lanes, best first. */
    static List<LinearTiles> lanes(LinearProduct linear, Device device) {
        List<LinearTiles> guesses = new ArrayList<>();
        PairProduct best = Product.best(PairProduct.values(), device);
        if (best != PairProduct.NONE && linear.pairsObstacle() == null) {
            addLanes(guesses, linear, device, best);
        }
        addLanes(guesses, linear, device, PairProduct.NONE);
        return guesses;
    }

    /** Ever smaller ones, for little local memory. */
    private static void addLanes(List<LinearTiles> guesses, LinearProduct linear, Device device, PairProduct product) {
        int lanes = LanesGuesses.lanes(device);
        boolean isOneVector = linear.rows() <= lanes;
        int vectors = isOneVector ? 1 : 2;
        int block = lanes == 16 ? (isOneVector ? 16 : 8) : lanes == 8 ? (isOneVector ? 8 : 6) : 4;
        int blocks = Math.min(4, Sizes.ceilDiv(linear.rows(), lanes * vectors));
        int columns = columns(linear, device, lanes * vectors * blocks, block);
        int words = 256;
        guesses.add(new LinearLanes(lanes, vectors, blocks, block, columns, words, product));
        guesses.add(new LinearLanes(lanes, vectors, 1, block, Math.min(columns, 8 * block), 4 * lanes, product));
        guesses.add(new LinearLanes(lanes, 1, 1, block, block, lanes, product));
    }

    /** As many as the second-level cache holds, less where cores would have nothing to do. */
    private static int columns(LinearProduct linear, Device device, int tileRows, int block) {
        int rowGroups = Sizes.ceilDiv(linear.rows(), tileRows);
        int columns = 64 * block;
        while (columns > 4 * block
                && (long) rowGroups * Sizes.ceilDiv(linear.columns(), columns)
                        < (long) GROUPS_A_CORE * device.computeUnits()) {
            columns /= 2;
        }
        return columns;
    }
}
