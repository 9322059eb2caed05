package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.device.Shuffle;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tiles of {@code linear_tiles}: a work-group shares tiles in local memory.
 *
 * @param itemsX work-items along columns
 * @param itemsY work-items along rows
 * @param itemRows rows of an item
 * @param itemColumns columns of an item
 * @param tileDepth steps of the sums for which the tiles hold rows and weights
 * @param lanes work-items of a sub-group that Intel's compiler is asked for, 0 where it is not
 */
record LinearTileConfig(int itemsX, int itemsY, int itemRows, int itemColumns, int tileDepth, int lanes)
        implements LinearTiles {
    @Override
    public KernelFamily family() {
        return KernelFamily.TILES;
    }

    @Override
    public String kernelName() {
        return "linear_tiles";
    }

    @Override
    public int tileRows() {
        return itemsY * itemRows;
    }

    @Override
    public int tileColumns() {
        return itemsX * itemColumns;
    }

    @Override
    public int workItems() {
        return itemsX * itemsY;
    }

    @Override
    public long localBytes(LinearProduct product) {
        return (long) Float.BYTES * tileDepth * (tileRows() + tileColumns() + 2);
    }

    @Override
    public String compilerFlags() {
        return (lanes > 0 ? Shuffle.INTEL : Shuffle.NONE).compilerFlags();
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("ITEMS_X", itemsX);
        macros.put("ITEMS_Y", itemsY);
        macros.put("ITEM_ROWS", itemRows);
        macros.put("ITEM_COLUMNS", itemColumns);
        macros.put("TILE_DEPTH", tileDepth);
        macros.put("SUB_GROUP_LANES", lanes);
        return macros;
    }
}
