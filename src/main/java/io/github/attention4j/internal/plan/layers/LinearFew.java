package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code linear_few}: one work-item a group, lanes along the depth.
 *
 * @param lanes floats in a vector; the device's native width
 * @param rows all that there are, or a power of two above, at most {@code lanes}
 * @param tileColumns columns of a work-group, a multiple of {@code lanes}
 */
record LinearFew(int lanes, int rows, int tileColumns) implements LinearTiles {
    static LinearFew of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(macros, "LANES", "ROWS", "TILE_COLUMNS");
        return new LinearFew(v[0], v[1], v[2]);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.DECODE;
    }

    @Override
    public String kernelName() {
        return "linear_few";
    }

    @Override
    public int tileRows() {
        return rows;
    }

    @Override
    public int workItems() {
        return 1;
    }

    @Override
    public long localBytes(LinearProduct product) {
        return 0;
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("LANES", lanes);
        macros.put("ROWS", rows);
        macros.put("TILE_COLUMNS", tileColumns);
        return macros;
    }

    @Override
    public Optional<String> misfit(LinearProduct product) {
        if (lanes < 1 || rows < 1 || rows > lanes || tileColumns < lanes || tileColumns % lanes != 0) {
            return Optional.of("ROWS must be 1 to LANES, and TILE_COLUMNS a multiple of LANES, but they are " + text());
        }
        if (product.isInputTurned() || product.isWeightTurned()) {
            return Optional.of("reads rows of weights, and not columns");
        }
        return product.rows() > rows
                ? Optional.of("has " + rows + " rows, but there are " + product.rows())
                : Optional.empty();
    }
}
