package io.github.attention4j.internal.plan.decode;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_decode_lanes}: one work-item a group, which owns the query rows of all heads that read one
 * key/value head.
 *
 * @param lanes floats in a vector; the device's native width
 * @param rowBlock query rows in a register micro-tile; divides {@code lanes} and {@code tileRows}
 * @param tileRows query rows of a work-group
 * @param tileKv keys of a tile, a multiple of {@code lanes}
 * @param valueBlock vectors of a value row in a micro-tile, at most
 * @param product what multiplies keys of 8 or 4 bits
 */
public record DecodeLanesConfig(int lanes, int rowBlock, int tileRows, int tileKv, int valueBlock, ByteProduct product)
        implements TileConfig {
    /** Floats between the weights of two rows beside those of a tile; as in {@code lib/decode/runs.clh}. */
    private static final int ROW_PADDING = 16;

    /** Keys at once, and digits of a query, where keys are multiplied as bytes; as in {@code lib/decode/bytes.clh}. */
    private static final int BYTES_KEYS = 32;

    private static final int BYTES_DIGITS = 3;
    /** Vectors of a digit for each vector of a key, where keys are of 4 bits; as in {@code lib/decode/halves.clh}. */
    private static final int HALVES_COLUMNS = 8;
    /** Values that are found at once, at most; as in {@code lib/decode/runs.clh}. */
    private static final int VALUE_RUN = 64;
    /** Values that become tiles at once, at most; as in {@code lib/decode/value_tiles.clh}. */
    private static final int VALUE_TILES = 256;

    static DecodeLanesConfig of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(macros, "LANES", "ROW_BLOCK", "TILE_ROWS", "TILE_KV", "VALUE_BLOCK", "BYTE_DOT");
        if (v[5] < 0 || v[5] >= ByteProduct.values().length) {
            throw new IllegalArgumentException(
                    "BYTE_DOT must be 0 to " + (ByteProduct.values().length - 1) + ", but is " + v[5]);
        }
        return new DecodeLanesConfig(v[0], v[1], v[2], v[3], v[4], ByteProduct.values()[v[5]]);
    }

    DecodeLanesConfig with(ByteProduct other) {
        if (other.isOfTiles() && rowBlock < ByteProduct.TILE_ROWS) {
            int block = ByteProduct.TILE_ROWS;
            int vectors = Math.max(1, valueBlock * rowBlock / block);
            return new DecodeLanesConfig(lanes, block, Math.max(tileRows, block), tileKv, vectors, other);
        }
        return new DecodeLanesConfig(lanes, rowBlock, tileRows, tileKv, valueBlock, other);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.DECODE;
    }

    @Override
    public String kernelName() {
        return "attn_decode_lanes";
    }

    @Override
    public boolean areHeadsJoined() {
        return true;
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
        long perRow = (vecs(spec.headDim()) + 2L * vecs(spec.valueDim()) + 2L) * lanes;
        long weights = tileKv + (long) ROW_PADDING;
        long stage = spec.rotary() == null ? 1 : (long) lanes / rowBlock * spec.headDim();
        DType key = spec.operand(Operand.KEY).dtype();
        boolean tiles = product.isOfTiles() && key == DType.I8;
        boolean bytes = product != ByteProduct.NONE && !tiles;
        long words = bytes ? (long) spec.headDim() * key.bits() / Integer.SIZE : 0;
        long digits = 1;
        if (tiles) {
            digits = spec.headDim() + ByteProduct.TILE_ROWS;
        } else if (bytes && key == DType.I4) {
            digits = words * (HALVES_COLUMNS * BYTES_DIGITS + 1) + lanes;
        } else if (bytes) {
            digits = (words + 1) * BYTES_DIGITS + 1;
        }
        long columns = bytes ? words * BYTES_KEYS : lanes;
        return Float.BYTES * (tileRows * (perRow + weights + 2 + digits) + stage + columns + lanes)
                + groupWeights(spec)
                + tiledBytes(spec);
    }

    /** Of values of 8 bits that become tiles of bytes. */
    private long tiledBytes(AttentionSpec spec) {
        boolean tiled = product.isOfTiles() && spec.operand(Operand.VALUE).dtype() == DType.I8;
        return tiled ? (long) VALUE_TILES * spec.valueDim() : (long) Float.BYTES * lanes;
    }

    /** Of values of 4 bits: one for each of their scales. */
    private long groupWeights(AttentionSpec spec) {
        DType value = spec.operand(Operand.VALUE).dtype();
        boolean halves = value.bits() < Byte.SIZE && spec.valueDim() % DType.GROUP == 0;
        return halves ? (long) Float.BYTES * rowBlock * VALUE_RUN * value.scales(spec.valueDim()) : 0;
    }

    private int vecs(int columns) {
        return Sizes.ceilDiv(columns, lanes);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("LANES", lanes);
        macros.put("ROW_BLOCK", rowBlock);
        macros.put("TILE_ROWS", tileRows);
        macros.put("TILE_KV", tileKv);
        macros.put("VALUE_BLOCK", valueBlock);
        macros.put(ByteProduct.MACRO, product.ordinal());
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
        if (product != ByteProduct.NONE && lanes != 16) {
            return Optional.of("BYTE_DOT needs 16 lanes, but LANES is " + lanes);
        }
        if (product.isOfTiles() && rowBlock != ByteProduct.TILE_ROWS) {
            return Optional.of(product + " needs ROW_BLOCK " + ByteProduct.TILE_ROWS + ", but it is " + rowBlock);
        }
        return Optional.empty();
    }

    @Override
    public Instruction instruction() {
        return product.instruction();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        if (product != ByteProduct.NONE) {
            Optional<String> obstacle = ByteProduct.requestObstacle(spec).or(() -> product.deviceObstacle(device));
            if (obstacle.isPresent()) {
                return obstacle;
            }
        }
        return TileConfig.super.obstacle(spec, device);
    }
}
