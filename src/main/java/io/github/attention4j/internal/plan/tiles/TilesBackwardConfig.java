package io.github.attention4j.internal.plan.tiles;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.device.Shuffle;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.GradientScratch;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.RowGroups;
import io.github.attention4j.internal.plan.family.RowLayout;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_backward_keys_tiles}, whose work-groups own keys and walk over queries, and of
 * {@code attn_backward_queries_tiles}, the other way round.
 *
 * @param tileQ rows that a work-group owns, a multiple of {@code 4 * itemsY}
 * @param tileKv rows of a tile that it walks over, a multiple of {@code 4 * itemsX} and of {@code depth}
 * @param itemsX work-items side by side along rows walked over and along columns
 * @param itemsY work-items side by side along rows owned
 * @param depth steps of a product in a piece; a multiple of 4 and of {@code itemsX}
 * @param passes groups that own the same keys and have a part of the columns each, so that registers hold theirs; of
 *     queries, which have one gradient instead of two, half as many
 * @param lanes work-items of a sub-group, which Intel's compiler is asked for, with the large register file; 0 where
 *     the compiler is not asked
 */
public record TilesBackwardConfig(int tileQ, int tileKv, int itemsX, int itemsY, int depth, int passes, int lanes)
        implements TileConfig {
    /** The macro that forward configurations lack. */
    static final String LANES = "SUB_GROUP_LANES";

    private static final String PASSES = "COLUMN_PASSES";
    private static final String KEYS = "attn_backward_keys_tiles";
    private static final String QUERIES = "attn_backward_queries_tiles";

    /** What {@link #macros()} gives. */
    public static TilesBackwardConfig of(Map<String, Integer> macros) {
        int[] v = TileConfig.values(macros, "TILE_Q", "TILE_KV", "ITEMS_X", "ITEMS_Y", "DEPTH", PASSES, LANES);
        return new TilesBackwardConfig(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.TILES;
    }

    /** The one that takes more registers. */
    @Override
    public String kernelName() {
        return KEYS;
    }

    @Override
    public int queryStep() {
        return tileQ;
    }

    @Override
    public int workItems() {
        return itemsX * itemsY;
    }

    /** The arrays of the kernels, the larger of either. */
    @Override
    public long localBytes(AttentionSpec spec) {
        long columns = 4L * itemsX * itemVecs(spec, passesOfQueries());
        long rows = 4L * Math.max(tileQ, tileKv); // of each query, which keys it sees, lse and delta
        return Float.BYTES * (2 * TilesConfig.pieceFloats(tileQ, Math.max(tileKv, columns), depth) + rows + 2)
                + TileConfig.RANGE_PARTS;
    }

    /** Accumulators of a work-item, in registers: of two products, and its part of two gradients. */
    int accumulators(AttentionSpec spec) {
        long numbers = tileQ / itemsY * (2L * tileKv / itemsX + 8L * itemVecs(spec, passes));
        return (int) Math.min(Integer.MAX_VALUE, numbers);
    }

    /** Columns of a gradient in fours that a work-item owns. */
    private int itemVecs(AttentionSpec spec, int passes) {
        return Sizes.ceilDiv(Sizes.ceilDiv(Math.max(spec.headDim(), spec.valueDim()), 4), itemsX * passes);
    }

    private int passesOfQueries() {
        return Sizes.ceilDiv(passes, 2);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("TILE_Q", tileQ);
        macros.put("TILE_KV", tileKv);
        macros.put("ITEMS_X", itemsX);
        macros.put("ITEMS_Y", itemsY);
        macros.put("DEPTH", depth);
        macros.put(PASSES, passes);
        macros.put(LANES, lanes);
        return macros;
    }

    @Override
    public String compilerFlags() {
        return lanes > 0 ? Shuffle.INTEL.compilerFlags() : Shuffle.NONE.compilerFlags();
    }

    @Override
    public Map<String, Integer> specMacros(AttentionSpec spec) {
        return Map.of("IS_ALIGNED", RowLayout.areFoursAligned(spec) ? 1 : 0, "SHUFFLE", Shuffle.NONE.ordinal());
    }

    /** Rows may be as long as they like: no work-group has a share of them. */
    @Override
    public KernelOptions kernel(AttentionSpec spec) {
        return kernel(spec, false);
    }

    @Override
    public boolean isOfGradients() {
        return true;
    }

    @Override
    public GradientScratch scratch(AttentionSpec spec) {
        if (!spec.isBackward()) {
            return null;
        }
        boolean isTurned = spec.rotary() != null;
        return new GradientScratch(isTurned ? 1 : 0, 0, isTurned && spec.has(Operand.GRAD_KEY));
    }

    @Override
    public List<Launch> gradientLaunches(AttentionSpec spec, Device device) {
        List<Launch> launches = new ArrayList<>();
        boolean isTurned = spec.rotary() != null;
        if (spec.has(Operand.GRAD_KEY) || spec.has(Operand.GRAD_VALUE)) {
            launches.add(launch(kernel(spec), passes, spec.keyLength(), spec.kvHeads(), spec));
        }
        if (spec.has(Operand.GRAD_KEY) && isTurned) {
            launches.add(RowGroups.gradientOfKeys(spec, device));
        }
        if (spec.has(Operand.GRAD_QUERY) || spec.has(Operand.GRAD_ALIBI_SLOPES)) {
            KernelOptions kernel = withPasses(passesOfQueries()).kernel(spec).of(QUERIES);
            launches.add(launch(kernel, passesOfQueries(), spec.queryLength(), spec.heads(), spec));
        }
        if (spec.has(Operand.GRAD_QUERY) && isTurned) {
            launches.add(RowGroups.gradientOfQueries(spec, device));
        }
        return launches;
    }

    private TilesBackwardConfig withPasses(int passes) {
        return new TilesBackwardConfig(tileQ, tileKv, itemsX, itemsY, depth, passes, lanes);
    }

    private Launch launch(KernelOptions kernel, int groups, int rows, int heads, AttentionSpec spec) {
        return new Launch(kernel, Sizes.ceilDiv(rows, tileQ) * groups, heads, spec.batch(), workItems(), true);
    }

    @Override
    public Optional<String> misfit() {
        return passes < 1
                ? Optional.of("COLUMN_PASSES must be at least 1, but is " + passes)
                : new TilesConfig(tileQ, tileKv, itemsX, itemsY, depth, Shuffle.NONE).misfit();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> missing = lanes > 0 ? Shuffle.INTEL.missingOn(device) : Optional.empty();
        return missing.isPresent() ? missing : TileConfig.super.obstacle(spec, device);
    }
}
