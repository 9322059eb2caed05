package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.KernelFamily;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_forward_tiles}: a work-group shares tiles in local memory.
 *
 * @param tileQ queries of a work-group
 * @param tileKv keys of a tile
 * @param itemsX work-items side by side along keys and value columns
 * @param itemsY work-items side by side along queries
 */
public record GroupTiles(int tileQ, int tileKv, int itemsX, int itemsY) implements TileConfig {

    static GroupTiles of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(macros, "TILE_Q", "TILE_KV", "ITEMS_X", "ITEMS_Y");
        return new GroupTiles(v[0], v[1], v[2], v[3]);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.TILES;
    }

    @Override
    public int queryStep() {
        return tileQ;
    }

    @Override
    public int workItems() {
        return itemsX * itemsY;
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        long headVecs = (spec.headDim() + 3) / 4;
        long valueVecs = (spec.valueDim() + 3) / 4;
        long queries = 4 * tileQ * (headVecs + 1);
        long keysOrValues = 4 * tileKv * (Math.max(headVecs, valueVecs) + 1);
        long weights = (long) tileQ * (tileKv + 4);
        long reduction = (long) tileQ * (itemsX + 1);
        long ranges = 2L * tileQ;
        return Float.BYTES * (queries + keysOrValues + weights + reduction + ranges);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("TILE_Q", tileQ);
        macros.put("TILE_KV", tileKv);
        macros.put("ITEMS_X", itemsX);
        macros.put("ITEMS_Y", itemsY);
        return macros;
    }

    @Override
    public Optional<String> misfit() {
        if (Math.min(Math.min(tileQ, tileKv), Math.min(itemsX, itemsY)) < 1) {
            return Optional.of("every number must be at least 1, but they are " + text());
        }
        if (tileQ % itemsY != 0 || tileKv % itemsX != 0 || tileKv % 4 != 0) {
            return Optional.of(
                    "ITEMS_Y must divide TILE_Q, and ITEMS_X and 4 must divide TILE_KV, but they are " + text());
        }
        return Optional.empty();
    }
}
