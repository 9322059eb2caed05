package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.operand.TypeNumbers;
import io.github.attention4j.internal.plan.matrix.MatrixConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code linear_matrix}: sub-groups share pieces of 16-bit rows and weights in local memory and multiply on
 * the device's matrix unit.
 *
 * @param products the unit, sub-groups of a work-group, and columns of it
 * @param rowBlocks blocks of the unit's rows that each sub-group has
 */
record LinearMatrix(MatrixConfig products, int rowBlocks) implements LinearTiles {
    /** Steps of the sums in a piece, two blocks of the unit: then two pieces fit into the least local memory. */
    private static final int DEPTH = 32;

    /** Elements that spread lines over the banks of local memory. */
    private static final int PAD = 8;

    /** The same for rows of sums. */
    private static final int SUM_PAD = 9;

    static LinearMatrix of(Map<String, Integer> macros) {
        Map<String, Integer> products = new LinkedHashMap<>(macros);
        Integer columns = products.remove("TILE_COLUMNS");
        Integer blocks = products.remove("ROW_BLOCKS");
        if (columns == null || blocks == null || !Integer.valueOf(DEPTH).equals(products.remove("DEPTH"))) {
            throw new IllegalArgumentException(
                    "tiles must give TILE_COLUMNS, ROW_BLOCKS, and DEPTH=" + DEPTH + ", but give " + macros);
        }
        products.put("TILE_KV", columns);
        return new LinearMatrix(MatrixConfig.of(products), blocks);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.MATRIX;
    }

    @Override
    public String kernelName() {
        return "linear_matrix";
    }

    @Override
    public int tileRows() {
        return products.tileQ() * rowBlocks;
    }

    @Override
    public int tileColumns() {
        return products.tileKv();
    }

    @Override
    public int workItems() {
        return products.workItems();
    }

    @Override
    public long localBytes(LinearProduct product) {
        long pieces = 2L * Short.BYTES * (tileRows() + tileColumns()) * (DEPTH + PAD);
        long sums = (long) Float.BYTES * products.tileQ() * (tileColumns() + SUM_PAD);
        return Math.max(pieces, sums) + products.meetingBytes();
    }

    @Override
    public String compilerFlags() {
        return products.compilerFlags();
    }

    @Override
    public boolean hasAssembly() {
        return products.hasAssembly();
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>(products.macros());
        macros.put("TILE_COLUMNS", macros.remove("TILE_KV"));
        macros.put("ROW_BLOCKS", rowBlocks);
        macros.put("DEPTH", DEPTH);
        return macros;
    }

    @Override
    public Map<String, Integer> macros(LinearProduct product) {
        Map<String, Integer> macros = macros();
        macros.put("UNIT_TYPE", TypeNumbers.of(product.halfType()));
        return macros;
    }

    @Override
    public Optional<String> misfit(LinearProduct product) {
        DType type = product.halfType();
        return type == null ? Optional.of(product.pairsObstacle()) : products.misfit();
    }

    @Override
    public Optional<String> obstacle(LinearProduct product, Device device) {
        return LinearTiles.super.obstacle(product, device).or(() -> products.unitObstacle(device));
    }

    @Override
    public int subGroup() {
        return products.lanes();
    }
}
