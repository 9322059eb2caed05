package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.lanes.PairProduct;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code linear_lanes}: one work-item a group, a row a vector lane.
 *
 * @param lanes floats in a vector; the device's native width
 * @param laneVectors vectors of rows in a register micro-tile
 * @param rowBlocks micro-tiles of rows in a work-group
 * @param columnBlock columns in a micro-tile, at most {@code lanes}
 * @param tileColumns columns of a work-group, a multiple of {@code columnBlock}
 * @param tileWords words of the depth that are multiplied in one go, a multiple of {@code lanes}
 * @param product what is multiplied
 */
record LinearLanes(
        int lanes, int laneVectors, int rowBlocks, int columnBlock, int tileColumns, int tileWords, PairProduct product)
        implements LinearTiles {
    static LinearLanes of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(
                macros,
                "LANES",
                "LANE_VECTORS",
                "ROW_BLOCKS",
                "COLUMN_BLOCK",
                "TILE_COLUMNS",
                "TILE_WORDS",
                PairProduct.MACRO);
        if (v[6] < 0 || v[6] >= PairProduct.values().length) {
            throw new IllegalArgumentException("no product has the number " + v[6]);
        }
        return new LinearLanes(v[0], v[1], v[2], v[3], v[4], v[5], PairProduct.values()[v[6]]);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.LANES;
    }

    @Override
    public String kernelName() {
        return "linear_lanes";
    }

    @Override
    public int tileRows() {
        return lanes * laneVectors * rowBlocks;
    }

    @Override
    public int workItems() {
        return 1;
    }

    @Override
    public long localBytes(LinearProduct linear) {
        long stage = (long) tileWords * (linear.isWeightTurned() ? lanes : columnBlock);
        return Float.BYTES * (tileRows() * ((long) tileWords + tileColumns) + stage);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("LANES", lanes);
        macros.put("LANE_VECTORS", laneVectors);
        macros.put("ROW_BLOCKS", rowBlocks);
        macros.put("COLUMN_BLOCK", columnBlock);
        macros.put("TILE_COLUMNS", tileColumns);
        macros.put("TILE_WORDS", tileWords);
        macros.put(PairProduct.MACRO, product.ordinal());
        return macros;
    }

    @Override
    public Instruction instruction() {
        return product.instruction();
    }

    @Override
    public Optional<String> misfit(LinearProduct linear) {
        if (lanes < 1 || laneVectors < 1 || rowBlocks < 1 || columnBlock < 1 || tileColumns < 1 || tileWords < 1) {
            return Optional.of("all sizes must be at least 1, but they are " + text());
        }
        if (tileColumns % columnBlock != 0 || tileWords % lanes != 0 || columnBlock > lanes) {
            return Optional.of("TILE_COLUMNS must be a multiple of COLUMN_BLOCK, which is at most LANES, and TILE_WORDS"
                    + " of LANES, but they are " + text());
        }
        return product == PairProduct.NONE
                ? Optional.empty()
                : product.tilesMisfit().or(() -> Optional.ofNullable(linear.pairsObstacle()));
    }
}
