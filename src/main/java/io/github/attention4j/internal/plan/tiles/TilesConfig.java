package io.github.attention4j.internal.plan.tiles;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.family.RowLayout;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_forward_tiles}: the items of a work-group share pieces of both matrix products in local memory.
 *
 * @param tileQ queries of a work-group, a multiple of {@code 4 * itemsY}
 * @param tileKv keys of a tile, a multiple of {@code 4 * itemsX} and of {@code depth}
 * @param itemsX work-items side by side along keys and value columns
 * @param itemsY work-items side by side along queries
 * @param depth steps of a product, head elements or keys, in a piece; a multiple of 4 and of {@code itemsX}
 * @param shuffle how the items of a row find the row's maximum and sum
 */
public record TilesConfig(int tileQ, int tileKv, int itemsX, int itemsY, int depth, Shuffle shuffle)
        implements TileConfig {

    /** What {@link #macros()} gives. */
    public static TilesConfig of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(macros, "TILE_Q", "TILE_KV", "ITEMS_X", "ITEMS_Y", "DEPTH", "SHUFFLE");
        return new TilesConfig(v[0], v[1], v[2], v[3], v[4], Shuffle.of(v[5]));
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.TILES;
    }

    @Override
    public String kernelName() {
        return "attn_forward_tiles";
    }

    @Override
    public boolean canHeadsTakeTurns() {
        return true;
    }

    @Override
    public int queryStep() {
        return tileQ;
    }

    @Override
    public int workItems() {
        return itemsX * itemsY;
    }

    /** The arrays of the kernel; strides as in {@code lib/tiles/piece.clh}. */
    @Override
    public long localBytes(AttentionSpec spec) {
        long columns = 4L * itemsX * itemVecs(spec);
        long piece = pieceFloats(tileQ, Math.max(tileKv, columns), depth);
        long ranges = 2L * tileQ;
        int places = KeySplit.areRowsLong(spec) ? 3 : 2;
        return Float.BYTES * (2 * piece + ranges + 2) + places * (long) Long.BYTES + TileConfig.RANGE_PARTS;
    }

    /** Floats of a piece, of so many numbers on either side for each of {@code depth} steps. */
    static long pieceFloats(long left, long right, int depth) {
        return pieceSide(left, depth) + pieceSide(right, depth);
    }

    private static long pieceSide(long numbers, int depth) {
        long stride = (numbers + 31) / 32 * 32 + 4;
        return depth * stride + depth / 8 * 8;
    }

    /** Accumulators of a work-item, in registers: its logits and its part of the output. */
    int accumulators(AttentionSpec spec) {
        long numbers = tileQ / itemsY * (tileKv / itemsX + 4L * itemVecs(spec));
        return (int) Math.min(Integer.MAX_VALUE, numbers);
    }

    /** Columns of the output in fours that a work-item owns. */
    private int itemVecs(AttentionSpec spec) {
        return Sizes.ceilDiv(Sizes.ceilDiv(spec.valueDim(), 4), itemsX);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("TILE_Q", tileQ);
        macros.put("TILE_KV", tileKv);
        macros.put("ITEMS_X", itemsX);
        macros.put("ITEMS_Y", itemsY);
        macros.put("DEPTH", depth);
        macros.put("SHUFFLE", shuffle.ordinal());
        return macros;
    }

    @Override
    public Map<String, Integer> specMacros(AttentionSpec spec) {
        return Map.of("IS_ALIGNED", RowLayout.areFoursAligned(spec) ? 1 : 0);
    }

    @Override
    public String compilerFlags() {
        return shuffle.compilerFlags();
    }

    @Override
    public boolean hasAssembly() {
        return shuffle.isAssembly();
    }

    @Override
    public Optional<String> misfit() {
        if (Math.min(Math.min(Math.min(tileQ, tileKv), Math.min(itemsX, itemsY)), depth) < 1) {
            return Optional.of("every number must be at least 1, but they are " + text());
        }
        if (tileQ % (4 * itemsY) != 0 || tileKv % (4 * itemsX) != 0 || tileKv % depth != 0) {
            return Optional.of(
                    "TILE_Q must be a multiple of 4 * ITEMS_Y, and TILE_KV of 4 * ITEMS_X and of DEPTH, but they are "
                            + text());
        }
        if (depth % 4 != 0 || depth % itemsX != 0) {
            return Optional.of("DEPTH must be a multiple of 4 and of ITEMS_X, but they are " + text());
        }
        // The items of a row exchange in powers of two, within the 16 lanes that Intel's compiler is asked for; with 8
        // lanes, longer rows do not even try.
        int mostX = shuffle == Shuffle.INTEL8 ? 32 : 16;
        if (shuffle != Shuffle.NONE && (itemsX > mostX || Integer.bitCount(itemsX) != 1)) {
            return Optional.of("with SHUFFLE=" + shuffle.ordinal() + ", ITEMS_X must be a power of two of at most "
                    + mostX + ", but is " + itemsX);
        }
        if (shuffle == Shuffle.NVIDIA && workItems() % 32 != 0) {
            return Optional.of("SHUFFLE=4 needs whole warps of 32, but the group has " + workItems() + " work-items");
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> missing = shuffle.missingOn(device);
        return missing.isPresent() ? missing : TileConfig.super.obstacle(spec, device);
    }
}
