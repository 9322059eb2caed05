package io.github.attention4j.internal.plan.lanes;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.GradientScratch;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.RowGroups;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_backward_lanes}: one work-item a group, a key a vector lane.
 *
 * @param lanes floats in a vector; the device's native width
 * @param tileKv keys of a tile, a multiple of {@code lanes}; a micro-tile has as many vectors of keys as they fill
 * @param tileQ queries of a block, a multiple of {@code queryBlock}
 * @param queryBlock queries in a micro-tile
 * @param columnBlock columns of a key or value in a micro-tile of their gradients, at most
 * @param rowVectors vectors of a query in a micro-tile of its gradient, at most
 * @param product what is multiplied
 */
public record LanesBackwardConfig(
        int lanes, int tileKv, int tileQ, int queryBlock, int columnBlock, int rowVectors, PairProduct product)
        implements TileConfig {
    /** Work-groups that keep a large processor busy: so many, if keys and memory allow. */
    private static final int GROUPS = 32;
    /** A share of fewer keys is not worth a group. */
    private static final int LEAST_KEYS = 256;
    /** Shares are made fewer where their rows of the query's gradient take more than this. */
    private static final long MUCH_MEMORY = 128L << 20;

    /** Keys whose weights are dropped by the same random words. */
    private static final int OCTET = 8;

    /** Rows of two tiles of what {@link PairProduct#AMX} multiplies. */
    private static final int BLOCK = 32;

    static final String QUERY_BLOCK = "QUERY_BLOCK";

    /** Of floats. */
    public LanesBackwardConfig(int lanes, int tileKv, int tileQ, int queryBlock, int columnBlock, int rowVectors) {
        this(lanes, tileKv, tileQ, queryBlock, columnBlock, rowVectors, PairProduct.NONE);
    }

    static LanesBackwardConfig of(Map<String, Integer> macros) {
        Map<String, Integer> others = new LinkedHashMap<>(macros);
        PairProduct product = PairProduct.of(others.remove(PairProduct.MACRO));
        int[] v = TileConfig.values(others, "LANES", "TILE_KV", "TILE_Q", QUERY_BLOCK, "COLUMN_BLOCK", "ROW_VECTORS");
        return new LanesBackwardConfig(v[0], v[1], v[2], v[3], v[4], v[5], product);
    }

    @Override
    public KernelFamily family() {
        return KernelFamily.LANES;
    }

    @Override
    public String kernelName() {
        return "attn_backward_lanes";
    }

    @Override
    public int queryStep() {
        return queryBlock;
    }

    @Override
    public int workItems() {
        return 1;
    }

    @Override
    public boolean isRounding() {
        return product != PairProduct.NONE;
    }

    @Override
    public Instruction instruction() {
        return product.instruction();
    }

    @Override
    public boolean isOfGradients() {
        return true;
    }

    @Override
    public GradientScratch scratch(AttentionSpec spec) {
        return spec.isBackward()
                ? new GradientScratch(spec.has(Operand.GRAD_QUERY) ? shares(spec) : 0, 0, false)
                : null;
    }

    /** Work-groups that share the keys of a head; by the spec alone, since it decides what is summed in which order. */
    static int shares(AttentionSpec spec) {
        if (spec.has(Operand.GRAD_ALIBI_SLOPES) || spec.has(Operand.GRAD_ADDITIVE_VECTOR)) {
            return 1; // of which rows of queries have one sum in the scratch
        }
        long heads = (long) spec.batch() * spec.kvHeads();
        long wanted = Math.min((GROUPS - 1) / heads + 1, (spec.keyLength() - 1) / LEAST_KEYS + 1);
        long share =
                Sizes.times(Float.BYTES, Sizes.times(spec.batch(), spec.heads(), spec.queryLength(), spec.headDim()));
        return (int) Math.max(1, spec.has(Operand.GRAD_QUERY) ? Math.min(wanted, MUCH_MEMORY / share) : wanted);
    }

    @Override
    public List<Launch> gradientLaunches(AttentionSpec spec, Device device) {
        List<Launch> launches = new ArrayList<>();
        boolean isWalked = spec.has(Operand.GRAD_QUERY)
                || spec.has(Operand.GRAD_KEY)
                || spec.has(Operand.GRAD_VALUE)
                || spec.has(Operand.GRAD_ALIBI_SLOPES);
        if (isWalked) {
            launches.add(new Launch(kernel(spec), shares(spec), spec.kvHeads(), spec.batch(), 1, true));
        }
        if (spec.has(Operand.GRAD_QUERY)) {
            launches.add(RowGroups.gradientOfQueries(spec, device));
        }
        return launches;
    }

    /** No sum is so long that it must be shared out: each tile of keys, and each block of queries, has its own. */
    @Override
    public KernelOptions kernel(AttentionSpec spec, boolean areRowsLong) {
        return TileConfig.super.kernel(spec, false);
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        long head = Sizes.ceilDiv(spec.headDim(), lanes) * (long) lanes;
        long value = Sizes.ceilDiv(spec.valueDim(), lanes) * (long) lanes;
        long gradients = spec.headDim() + (long) spec.valueDim();
        long octets = spec.has(Operand.DROPOUT_STATE) ? tileKv / OCTET + 1L : 0; // of keys, for each query
        long rest = tileKv * (gradients + Math.max(head, value)) + tileQ * (2L * tileKv + 4 + octets);
        if (product == PairProduct.NONE) {
            return Float.BYTES * (rest + tileKv * gradients + tileQ * (head + value));
        }
        long rowWords = words(spec.headDim()) + words(spec.valueDim());
        if (product.isOfTiles()) {
            long columns = head + value;
            long dots = (long) BLOCK * Math.max(2L * tileKv, Math.max(head, value));
            long pairs = tileKv * (columns + Math.max(head, value)) + tileQ * (2L * tileKv + 4 + octets);
            return Float.BYTES
                    * (pairs
                            + dots
                            + tileKv * rowWords
                            + tileQ * (columns / 2 + rowWords + tileKv / 2)
                            + 2 * Math.max(head, value));
        }
        long headWords = Sizes.ceilDiv(spec.headDim(), 2);
        long valueWords = Sizes.ceilDiv(spec.valueDim(), 2);
        long twice = Sizes.ceilDiv(tileQ, 2) * (head + value) + tileQ * (rowWords + tileKv / 2);
        return Float.BYTES * (rest + tileKv * (headWords + valueWords) + twice + 2 * Math.max(head, value));
    }

    /** Words in the whole vectors that hold a row's. */
    private long words(int elements) {
        return (long) Sizes.ceilDiv(elements, 2 * lanes) * lanes;
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>();
        macros.put("LANES", lanes);
        macros.put("TILE_KV", tileKv);
        macros.put("TILE_Q", tileQ);
        macros.put(QUERY_BLOCK, queryBlock);
        macros.put("COLUMN_BLOCK", columnBlock);
        macros.put("ROW_VECTORS", rowVectors);
        if (product != PairProduct.NONE) {
            macros.put(PairProduct.MACRO, product.ordinal());
        }
        return macros;
    }

    @Override
    public Map<String, Integer> specMacros(AttentionSpec spec) {
        return Map.of(PairProduct.MACRO, product.ordinal());
    }

    @Override
    public Optional<String> misfit() {
        if (lanes != 4 && lanes != 8 && lanes != 16) {
            return Optional.of("LANES must be 4, 8 or 16, but is " + lanes);
        }
        if (Math.min(Math.min(tileKv, tileQ), Math.min(queryBlock, Math.min(columnBlock, rowVectors))) < 1) {
            return Optional.of("every number must be at least 1, but they are " + text());
        }
        if (tileKv % lanes != 0) {
            return Optional.of("TILE_KV must be a multiple of LANES, but they are " + tileKv + " and " + lanes);
        }
        if (tileQ % queryBlock != 0) {
            return Optional.of(
                    "TILE_Q must be a multiple of QUERY_BLOCK, but they are " + tileQ + " and " + queryBlock);
        }
        if (product != PairProduct.NONE && (queryBlock % 2 != 0 || tileKv % (2 * lanes) != 0)) {
            return Optional.of(
                    "pairs need an even QUERY_BLOCK and a TILE_KV that is a multiple of two vectors, but they are "
                            + queryBlock + " and " + tileKv);
        }
        if (product.isOfTiles() && (tileKv % BLOCK != 0 || tileQ % BLOCK != 0 || BLOCK % queryBlock != 0)) {
            return Optional.of("tiles of pairs need a TILE_KV and a TILE_Q that are multiples of " + BLOCK
                    + ", and a QUERY_BLOCK that divides it, but they are " + tileKv + ", " + tileQ + " and "
                    + queryBlock);
        }
        return product.misfit(lanes);
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        return product.obstacle(spec, device).or(() -> TileConfig.super.obstacle(spec, device));
    }
}
