package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.KernelFamily;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_decode_lanes}: one work-item a group, which owns the query rows of all heads that read one key/value head.
 *
 * @param lanes floats in a vector; the device's native width
 * @param rowBlock query rows in a register micro-tile; divides {@code lanes} and {@code tileRows}
 * @param tileRows query rows of a work-group
 * @param tileKv keys of a tile, a multiple of {@code lanes}
 * @param valueBlock vectors of a value row in a micro-tile, at most
 */
public record DecodeLanes(int lanes, int rowBlock, int tileRows, int tileKv, int valueBlock) implements TileConfig {
    /** Floats between the weights of two rows beside those of a tile; as in {@code lib/decode_macros.clh}. */
    private static final int ROW_PADDING = 16;

    static DecodeLanes of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(macros, "LANES", "ROW_BLOCK", "TILE_ROWS", "TILE_KV", "VALUE_BLOCK");
        return new DecodeLanes(v[0], v[1], v[2], v[3], v[4]);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.DECODE;
    }

    @Override
    public int tileQ() {
        return tileRows;
    }

    @Override
    public int queryStep() {
        return tileRows;
    }

    @Override
    public int workItems() {
        return 1;
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        long perRow = (long) vecs(spec.headDim()) * lanes + (long) vecs(spec.valueDim()) * lanes + 2L * lanes;
        long weights = tileKv + (long) ROW_PADDING;
        long stage = spec.rotary() == null ? 1 : (long) lanes / rowBlock * spec.headDim();
        return Float.BYTES * (tileRows * (perRow + weights + 2) + stage);
    }

    private int vecs(int columns) {
        return Heuristics.ceilDiv(columns, lanes);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("LANES", lanes);
        macros.put("ROW_BLOCK", rowBlock);
        macros.put("TILE_ROWS", tileRows);
        macros.put("TILE_KV", tileKv);
        macros.put("VALUE_BLOCK", valueBlock);
        return macros;
    }

    @Override
    public Optional<String> misfit() {
        if (lanes != 4 && lanes != 8 && lanes != 16) {
            return Optional.of("LANES must be 4, 8 or 16, but is " + lanes);
        }
        if (Math.min(Math.min(rowBlock, tileRows), Math.min(tileKv, valueBlock)) < 1) {
            return Optional.of("every number must be at least 1, but they are " + text());
        }
        if (lanes % rowBlock != 0 || tileRows % rowBlock != 0 || tileKv % lanes != 0) {
            return Optional.of(
                    "ROW_BLOCK must divide LANES and TILE_ROWS, and LANES must divide TILE_KV, but they are " + text());
        }
        return Optional.empty();
    }
}
