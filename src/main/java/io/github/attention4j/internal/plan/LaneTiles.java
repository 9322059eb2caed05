package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_forward_lanes}: one work-item a group, a query a vector lane.
 *
 * @param lanes floats in a vector; the device's native width
 * @param laneVectors vectors of queries in a register micro-tile
 * @param queryBlocks micro-tiles of queries in a work-group
 * @param tileKv keys of a tile, a multiple of {@code keyBlock}
 * @param keyBlock keys in a micro-tile
 * @param valueBlock value columns in a micro-tile, at most
 */
public record LaneTiles(int lanes, int laneVectors, int queryBlocks, int tileKv, int keyBlock, int valueBlock)
        implements TileConfig {

    static LaneTiles of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(
                macros, "LANES", "LANE_VECTORS", "QUERY_BLOCKS", "TILE_KV", "KEY_BLOCK", "VALUE_BLOCK");
        return new LaneTiles(v[0], v[1], v[2], v[3], v[4], v[5]);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.LANES;
    }

    @Override
    public int tileQ() {
        return queryStep() * queryBlocks;
    }

    @Override
    public int queryStep() {
        return lanes * laneVectors;
    }

    @Override
    public int workItems() {
        return 1;
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        long perQuery = spec.headDim() + (long) spec.valueDim() + 2; // query and output, maximum and sum
        long stagedColumns =
                (areKeysStaged(spec) ? spec.headDim() : 0L) + (areValuesStaged(spec) ? spec.valueDim() : 0L);
        long masks = 2L * tileQ() + 4L * queryBlocks;
        return Float.BYTES * (tileQ() * perQuery + tileKv * (queryStep() + stagedColumns) + masks);
    }

    /** Whether tiles of keys are brought into local memory first; see {@code lib/cpu/tile.clh}. */
    static boolean areKeysStaged(AttentionSpec spec) {
        return spec.rotary() != null || spec.isPaged() || isConverted(spec, Operand.KEY) || areFarApart(spec);
    }

    /** Likewise for values. */
    static boolean areValuesStaged(AttentionSpec spec) {
        return spec.isPaged() || isConverted(spec, Operand.VALUE) || areFarApart(spec);
    }

    private static boolean isConverted(AttentionSpec spec, Operand operand) {
        return spec.operand(operand).dtype() != DType.F32;
    }

    /**
     * Rows that lie a KiB or more apart, as those of [batch, row, head, column] do, fall on few sets of the first-level cache and drive
     * each other out of it. Keys and values are treated alike, which keeps programs few.
     */
    static boolean areFarApart(AttentionSpec spec) {
        return isFarApart(spec.operand(Operand.KEY)) || isFarApart(spec.operand(Operand.VALUE));
    }

    private static boolean isFarApart(TensorSpec rows) {
        return rows.layout().rowStride() >= 256 && rows.layout().rowStride() > rows.columns();
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("LANES", lanes);
        macros.put("LANE_VECTORS", laneVectors);
        macros.put("QUERY_BLOCKS", queryBlocks);
        macros.put("TILE_KV", tileKv);
        macros.put("KEY_BLOCK", keyBlock);
        macros.put("VALUE_BLOCK", valueBlock);
        return macros;
    }

    @Override
    public Optional<String> misfit() {
        if (lanes != 4 && lanes != 8 && lanes != 16) {
            return Optional.of("LANES must be 4, 8 or 16, but is " + lanes);
        }
        if (Math.min(Math.min(laneVectors, queryBlocks), Math.min(keyBlock, valueBlock)) < 1) {
            return Optional.of("every number must be at least 1, but they are " + text());
        }
        if (tileKv < keyBlock || tileKv % keyBlock != 0) {
            return Optional.of("TILE_KV must be a multiple of KEY_BLOCK, but they are " + tileKv + " and " + keyBlock);
        }
        return Optional.empty();
    }
}
