package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.layers.LayerOperand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code linear_tiles}: the work-items of a group share pieces of both sides of the product in local memory.
 *
 * @param tileRows rows of a work-group, a multiple of {@code 4 * itemsY}
 * @param tileColumns columns of a work-group, a multiple of {@code 4 * itemsX}
 * @param itemsX work-items side by side along columns
 * @param itemsY work-items side by side along rows
 * @param depth steps of the sums in a piece, a multiple of 4
 * @param lanes work-items of a sub-group that Intel's compiler is asked for, 0 where it is not
 */
record LinearPieces(int tileRows, int tileColumns, int itemsX, int itemsY, int depth, int lanes)
        implements LinearTiles {
    private static final int FOUR = 4;

    static LinearPieces of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(
                macros, "TILE_ROWS", "TILE_COLUMNS", "ITEMS_X", "ITEMS_Y", "DEPTH", "SUB_GROUP_LANES");
        return new LinearPieces(v[0], v[1], v[2], v[3], v[4], v[5]);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.TILES;
    }

    @Override
    public String kernelName() {
        return "linear_tiles";
    }

    @Override
    public int workItems() {
        return itemsX * itemsY;
    }

    /** Strides as in {@code lib/tiles/product.clh}. */
    @Override
    public long localBytes(LinearProduct product) {
        return 2L * Float.BYTES * (side(tileRows) + side(tileColumns));
    }

    private long side(int lines) {
        return (long) depth * (Sizes.ceilDiv(lines, 32) * 32 + 4) + depth / 8 * 8;
    }

    @Override
    public String compilerFlags() {
        return (lanes > 0 ? Shuffle.INTEL : Shuffle.NONE).compilerFlags();
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("TILE_ROWS", tileRows);
        macros.put("TILE_COLUMNS", tileColumns);
        macros.put("ITEMS_X", itemsX);
        macros.put("ITEMS_Y", itemsY);
        macros.put("DEPTH", depth);
        macros.put("SUB_GROUP_LANES", lanes);
        return macros;
    }

    @Override
    public Map<String, Integer> macros(LinearProduct product) {
        Map<String, Integer> macros = macros();
        macros.put("IS_ALIGNED", areFoursAligned(product) ? 1 : 0);
        return macros;
    }

    /** Whether four neighbours can be loaded and stored as one, on both sides, of the residual and of out. */
    private static boolean areFoursAligned(LinearProduct product) {
        int alongInput = product.isInputTurned() ? product.rows() : product.depth();
        int alongWeight = product.isWeightTurned() ? product.columns() : product.depth();
        return (alongInput | alongWeight | product.columns()) % FOUR == 0
                && isAligned(product, product.input())
                && isAligned(product, product.weight())
                && isAligned(product, product.out());
    }

    private static boolean isAligned(LinearProduct product, LayerOperand operand) {
        TensorSpec tensor = product.tensor(operand);
        return tensor.layout().start() % FOUR == 0 && tensor.layout().rowStride() % FOUR == 0;
    }

    @Override
    public Optional<String> misfit(LinearProduct product) {
        return itemsX > 0
                        && itemsY > 0
                        && tileRows > 0
                        && tileColumns > 0
                        && depth > 0
                        && tileRows % (FOUR * itemsY) == 0
                        && tileColumns % (FOUR * itemsX) == 0
                        && depth % FOUR == 0
                ? Optional.empty()
                : Optional.of(
                        "TILE_ROWS must be a multiple of 4 * ITEMS_Y, TILE_COLUMNS of 4 * ITEMS_X, and DEPTH of 4,"
                                + " but they are " + text());
    }
}
