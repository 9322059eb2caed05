package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.kernel.FunctionDistances;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_forward_matrix}: sub-groups share tiles in local memory and multiply on the device's matrix
 * unit.
 *
 * @param unit the matrix unit
 * @param subGroups sub-groups of a work-group
 * @param tileKv keys of a tile
 * @param shuffle how lanes exchange numbers
 * @param emulated whether the unit's instructions are done by hand, which runs anywhere and is for tests
 */
public record MatrixConfig(MatrixUnit unit, int subGroups, int tileKv, Shuffle shuffle, boolean emulated)
        implements TileConfig {
    private static final int BLOCK = 16;
    private static final int WARPGROUP = 4; // sub-groups
    private static final int SWIZZLED_BLOCK = 64;
    /** Most keys of a tile of warpgroups beside what a block mask takes of their registers (ptxas: 0 spills). */
    private static final int KEYS_OF_BLOCKS = 64;

    /**
     * Local memory of a work-group on compute capability 9.0, in bytes (CUDA C++ Programming Guide, "Compute
     * Capabilities"). NVIDIA's OpenCL reports the 48 KiB of older chips and gives as much as a kernel declares (driver
     * 580).
     */
    private static final long HOPPER_MEMORY = 227 << 10;

    /** On the unit itself. */
    public static MatrixConfig of(MatrixUnit unit, int subGroups, int tileKv) {
        return new MatrixConfig(unit, subGroups, tileKv, unit.shuffle, false);
    }

    /** From {@link #macros}. */
    public static MatrixConfig of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(macros, "UNIT", "SUB_GROUPS", "TILE_KV", "SHUFFLE", "EMULATED");
        if (v[0] < 1 || v[0] > MatrixUnit.values().length || v[4] < 0 || v[4] > 1) {
            throw new IllegalArgumentException("UNIT must be 1 to " + MatrixUnit.values().length
                    + " and EMULATED 0 or 1, but they are " + v[0] + " and " + v[4]);
        }
        return new MatrixConfig(MatrixUnit.values()[v[0] - 1], v[1], v[2], Shuffle.of(v[3]), v[4] == 1);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.MATRIX;
    }

    @Override
    public String kernelName() {
        return unit == MatrixUnit.WGMMA ? "attn_forward_warpgroups" : "attn_forward_matrix";
    }

    @Override
    public boolean canHeadsTakeTurns() {
        return true;
    }

    @Override
    public boolean mayRoundWeights() {
        return true;
    }

    @Override
    public boolean isRounding() {
        return true;
    }

    @Override
    public String compilerFlags() {
        boolean large = !emulated && unit.wantsLargeRegisterFile();
        return KernelOptions.LANGUAGE + (large ? Shuffle.LARGE_REGISTER_FILE : "");
    }

    @Override
    public boolean hasAssembly() {
        return shuffle.isAssembly();
    }

    @Override
    public boolean hasMarkedInstructions() {
        return unit == MatrixUnit.WGMMA && !emulated;
    }

    @Override
    public int tileQ() {
        return subGroups * unit.rows;
    }

    @Override
    public int queryStep() {
        return tileQ(); // fewer would leave sub-groups idle
    }

    @Override
    public int workItems() {
        return subGroups * unit.lanes;
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        return unit == MatrixUnit.WGMMA ? warpgroupBytes(spec, 1, 2) + distanceBytes(spec, 2) : localBytes(spec, 1);
    }

    /** What the score function says of each distance of queries and keys, of so many tiles. */
    private long distanceBytes(AttentionSpec spec, int tiles) {
        return (long) tiles * FunctionDistances.inLocalMemory(spec) * (tileQ() + tileKv) * Float.BYTES;
    }

    /** With so many pieces of each number. */
    long localBytes(AttentionSpec spec, int pieces) {
        if (unit == MatrixUnit.WGMMA) {
            return warpgroupBytes(spec, pieces, 1) + distanceBytes(spec, 1);
        }
        long keyStride = pieces * blocks(spec.headDim()) * (long) BLOCK + 8;
        long valueStride = pieces * blocks(spec.valueDim()) * (long) BLOCK + unit.valuePad;
        long queries = tileQ() * keyStride;
        long keysAndValues = tileKv * (keyStride + valueStride);
        int mostKept = pieces > 1 ? unit.keptWords / 2 * 3 : unit.keptWords;
        boolean kept = pieces * blocks(spec.headDim()) * (long) unit.rowWords() <= mostKept;
        long elements = kept ? Math.max(queries, keysAndValues) : queries + keysAndValues;
        long ranges = 2L * Integer.BYTES * tileQ();
        return Short.BYTES * elements + ranges + RANGE_PARTS + workItems() + meetingBytes() + distanceBytes(spec, 1);
    }

    /** Where lanes of an emulated unit meet. */
    public long meetingBytes() {
        return emulated ? subGroups * (unit == MatrixUnit.WMMA ? 2048L : 1024L) : 0;
    }

    /** Rows without padding, in pieces, and so many tiles of keys and values. */
    long warpgroupBytes(AttentionSpec spec, int pieces, int tiles) {
        long headColumns = pieces * paddedColumns(spec.headDim());
        long valueColumns = pieces * paddedColumns(spec.valueDim());
        long elements = tileQ() * headColumns + (long) tiles * tileKv * (headColumns + valueColumns);
        long ranges = 2L * Integer.BYTES * tileQ();
        return Short.BYTES * elements + ranges + RANGE_PARTS + 2L * workItems() + meetingBytes();
    }

    @Override
    public long localMemory(Device device) {
        return unit == MatrixUnit.WGMMA && !emulated ? HOPPER_MEMORY : device.localMemory();
    }

    private static int blocks(int columns) {
        return Sizes.ceilDiv(columns, BLOCK);
    }

    /** Columns of a row in local memory, with zeros up to a whole block of the unit's tiles. */
    long paddedColumns(int columns) {
        int block = unit == MatrixUnit.WGMMA ? SWIZZLED_BLOCK : BLOCK;
        return (long) Sizes.ceilDiv(columns, block) * block;
    }

    /** Columns with zeros up to a whole block. */
    static int padded(int columns) {
        return blocks(columns) * BLOCK;
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("UNIT", unit.ordinal() + 1);
        macros.put("SUB_GROUPS", subGroups);
        macros.put("TILE_KV", tileKv);
        macros.put("SHUFFLE", shuffle.ordinal());
        macros.put("EMULATED", emulated ? 1 : 0);
        return macros;
    }

    @Override
    public Optional<String> misfit() {
        if (subGroups < 1 || tileKv < BLOCK || tileKv % BLOCK != 0 || workItems() % 16 != 0) {
            return Optional.of("16 must divide TILE_KV and the " + unit.lanes + " work-items of each of the SUB_GROUPS"
                    + ", but they are " + text());
        }
        if (unit == MatrixUnit.WGMMA
                && (subGroups % WARPGROUP != 0 || tileKv != SWIZZLED_BLOCK && tileKv != 2 * SWIZZLED_BLOCK)) {
            return Optional.of("SUB_GROUPS must be a multiple of " + WARPGROUP + " and TILE_KV " + SWIZZLED_BLOCK
                    + " or " + 2 * SWIZZLED_BLOCK + ", but they are " + text());
        }
        if (emulated && shuffle != Shuffle.EMULATED) {
            return Optional.of("EMULATED=1 needs SHUFFLE=" + Shuffle.EMULATED.ordinal() + ", but they are " + text());
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> products = unitObstacle(spec, device);
        if (products.isEmpty() && unit == MatrixUnit.WGMMA && spec.has(Operand.BLOCK_MASK) && tileKv > KEYS_OF_BLOCKS) {
            return Optional.of(
                    "with a block mask registers hold " + KEYS_OF_BLOCKS + " keys a tile, but these are " + tileKv);
        }
        return products.isPresent() ? products : TileConfig.super.obstacle(spec, device);
    }

    /** Why the unit cannot multiply what the spec has on this device, or empty. */
    Optional<String> unitObstacle(AttentionSpec spec, Device device) {
        Optional<String> request = requestObstacle(spec);
        return request.isPresent() ? request : unitObstacle(device);
    }

    /** Why this device does not have the unit, or empty. */
    public Optional<String> unitObstacle(Device device) {
        if (!emulated && !unit.isOn(device)) {
            String found = MatrixUnit.of(device) == null
                    ? "none that is known"
                    : MatrixUnit.of(device).name();
            return Optional.of("needs the matrix unit " + unit + ", device has " + found);
        }
        return Optional.empty();
    }

    /**
     * Lanes are counted as work-items are, so a sub-group of another size would mix up fragments and give wrong
     * answers.
     */
    @Override
    public Optional<String> obstacleAfterBuild(
            long kernelItems, long kernelLocalBytes, long kernelLanes, Device device) {
        if (lanes() != 0 && kernelLanes != lanes()) {
            return Optional.of("the unit " + unit + " needs sub-groups of " + unit.lanes
                    + " work-items, the compiled kernel's have " + kernelLanes);
        }
        return TileConfig.super.obstacleAfterBuild(kernelItems, kernelLocalBytes, kernelLanes, device);
    }

    /** Work-items that sub-groups of the compiled kernel must have; 0 where that need not be asked. */
    public int lanes() {
        boolean isRequired =
                unit == MatrixUnit.DPAS8 || unit == MatrixUnit.DPAS16; // by an attribute; drivers report a multiple
        return emulated || isRequired ? 0 : unit.lanes;
    }

    /** Why no matrix unit can compute this, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
        DType query = spec.operand(Operand.QUERY).dtype();
        DType key = spec.operand(Operand.KEY).dtype();
        DType value = spec.operand(Operand.VALUE).dtype();
        if (query != key || key != value || !query.isFloat() || query.bits() != Short.SIZE) {
            return Optional.of("matrix units multiply query, key and value of one 16-bit type, but they are " + query
                    + ", " + key + " and " + value);
        }
        if (spec.has(Operand.ADDITIVE_VECTOR)) {
            return Optional.of("additive scores are no products of matrices");
        }
        if (spec.isPaged()) {
            return Optional.of("tiles for the matrix unit are fetched from rows at one distance, not from pages");
        }
        if (spec.rotary() != null) {
            return Optional.of(
                    "rotated queries and keys would have to be rounded to " + query
                            + " for the matrix unit, which the scores would show; AttentionEngine.rotate does that if it is wanted");
        }
        return spec.isBackward() ? MatrixBackwardConfig.requestObstacle(spec) : Optional.empty();
    }
}
