package io.github.attention4j.internal.plan.lanes;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.plan.family.RowLayout;
import io.github.attention4j.internal.plan.family.TileConfig;
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
 * @param keyBlock keys in a micro-tile; even where pairs are multiplied
 * @param valueBlock value columns in a micro-tile, at most
 * @param product what is multiplied
 */
public record LanesConfig(
        int lanes, int laneVectors, int queryBlocks, int tileKv, int keyBlock, int valueBlock, PairProduct product)
        implements TileConfig {
    /** Rows, and words of a row, of what {@link PairProduct#AMX} multiplies. */
    private static final int TILE = 16;

    /** Of floats. */
    public LanesConfig(int lanes, int laneVectors, int queryBlocks, int tileKv, int keyBlock, int valueBlock) {
        this(lanes, laneVectors, queryBlocks, tileKv, keyBlock, valueBlock, PairProduct.NONE);
    }

    static LanesConfig of(Map<String, Integer> macros) {
        Map<String, Integer> others = new LinkedHashMap<>(macros);
        PairProduct product = PairProduct.of(others.remove(PairProduct.MACRO));
        int[] v = TileConfig.values(
                others, "LANES", "LANE_VECTORS", "QUERY_BLOCKS", "TILE_KV", "KEY_BLOCK", "VALUE_BLOCK");
        return new LanesConfig(v[0], v[1], v[2], v[3], v[4], v[5], product);
    }

    /** These tiles with another product. */
    public LanesConfig with(PairProduct other) {
        return new LanesConfig(lanes, laneVectors, queryBlocks, tileKv, keyBlock, valueBlock, other);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.LANES;
    }

    @Override
    public String kernelName() {
        return "attn_forward_lanes";
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
    public boolean mayRoundWeights() {
        return true;
    }

    @Override
    public boolean isRounding() {
        return product != PairProduct.NONE;
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        return product == PairProduct.NONE ? floatBytes(spec) : pairBytes(spec, 1, 1);
    }

    private long floatBytes(AttentionSpec spec) {
        long perQuery = spec.headDim() + (long) spec.valueDim() + 2; // query and output, maximum and sum
        long stagedColumns = (RowLayout.areKeysStaged(spec) ? spec.headDim() : 0L)
                + (RowLayout.areValuesStaged(spec) ? spec.valueDim() : 0L);
        long masks = 2L * tileQ() + 4L * queryBlocks;
        return Float.BYTES * (tileQ() * perQuery + tileKv * (queryStep() + stagedColumns) + masks);
    }

    /**
     * Where pairs are multiplied.
     *
     * @param pieces numbers that stand for one of query, key and value
     * @param weightPieces numbers that stand for a weight
     */
    long pairBytes(AttentionSpec spec, int pieces, int weightPieces) {
        boolean tiles = product.isOfTiles();
        long headWords = tiles ? rounded(spec.headDim(), 2 * TILE) / 2 : Sizes.ceilDiv(spec.headDim(), 2);
        long valueColumns = tiles ? rounded(spec.valueDim(), TILE) : spec.valueDim();
        long perQuery = pieces * headWords + valueColumns + 2; // query and output, maximum and sum
        long inPlace = tiles ? keyBlock * headWords : 0; // keys that are too few for a tile
        long keys =
                pieces > 1 || arePairsStaged(spec, product) ? pieces * tileKv * headWords + spec.headDim() : inPlace;
        long values = pieces * Sizes.ceilDiv(tileKv, 2) * valueColumns;
        long pairs = (long) tileKv * queryStep() * (tiles && hasTerms(spec) ? 2 : 1);
        long weights = (long) tileKv / 2 * queryStep() * Math.max(0, weightPieces - 2); // beyond the scores' place
        long masks = 2L * tileQ() + 4L * queryBlocks;
        return Float.BYTES * (tileQ() * perQuery + pairs + weights + keys + values + masks);
    }

    private static long rounded(int number, int step) {
        return (long) Sizes.ceilDiv(number, step) * step;
    }

    /** Whether pairs have terms of their own, which tiles of dot products must not take the place of. */
    private static boolean hasTerms(AttentionSpec spec) {
        return spec.has(Operand.BIAS)
                || spec.has(Operand.KEEP_MASK)
                || spec.has(Operand.BLOCK_MASK)
                || spec.keep() != null;
    }

    /**
     * Whether tiles of pairs of keys are brought into local memory first; values always are, for their rows must be
     * joined in pairs.
     */
    static boolean arePairsStaged(AttentionSpec spec, PairProduct product) {
        int whole = product.isOfTiles() ? 2 * TILE : 2;
        boolean arePairs = spec.operand(Operand.KEY).dtype() == DType.BF16 && spec.headDim() % whole == 0;
        return !arePairs || spec.rotary() != null || spec.isPaged() || RowLayout.areFarApart(spec);
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
        if (product != PairProduct.NONE) {
            macros.put(PairProduct.MACRO, product.ordinal());
        }
        return macros;
    }

    @Override
    public Map<String, Integer> specMacros(AttentionSpec spec) {
        boolean pairs = product != PairProduct.NONE;
        boolean areKeysStaged = pairs ? arePairsStaged(spec, product) : RowLayout.areKeysStaged(spec);
        return Map.of(
                PairProduct.MACRO,
                product.ordinal(),
                "IS_KEY_STAGED",
                areKeysStaged ? 1 : 0,
                "IS_VALUE_STAGED",
                pairs || RowLayout.areValuesStaged(spec) ? 1 : 0);
    }

    @Override
    public Instruction instruction() {
        return product.instruction();
    }

    @Override
    public Optional<String> misfit() {
        if (product != PairProduct.NONE && keyBlock % 2 != 0) {
            return Optional.of("KEY_BLOCK must be even for pairs of keys, but is " + keyBlock);
        }
        if (product.isOfTiles() && (laneVectors != 2 || keyBlock != 2 * TILE)) {
            return Optional.of("LANE_VECTORS must be 2 and KEY_BLOCK " + 2 * TILE + " for tiles of pairs, but they are "
                    + laneVectors + " and " + keyBlock);
        }
        Optional<String> misfit = product.misfit(lanes);
        if (misfit.isPresent()) {
            return misfit;
        }
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

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        return product.obstacle(spec, device).or(() -> TileConfig.super.obstacle(spec, device));
    }
}
