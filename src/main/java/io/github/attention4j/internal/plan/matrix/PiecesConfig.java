package io.github.attention4j.internal.plan.matrix;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Sizes;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.DerivedConfig;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.Family.Variant;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.tiles.TilesFamily;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles of {@code attn_forward_matrix} for f32, which the unit multiplies in pieces of bf16 that {@code attn_pieces}
 * makes first; heads for which pieces do not stand are computed by {@code attn_forward_tiles} behind it. All digits of
 * f32 are kept, so nothing is rounded.
 *
 * @param products what multiplies
 */
record PiecesConfig(MatrixConfig products) implements DerivedConfig {
    static final String PIECES = "PIECES";

    /** Of a number, and pairs of pieces whose product is not lost in the rounding of the whole. */
    static final int COUNT = 3;

    static final int PRODUCTS = 6;
    /** Rows of a work-group of {@code attn_pieces}, as in {@code lib/common/piece_flags.clh}. */
    private static final int ROWS = 64;
    /** Larger factors of scores would lift what pieces lose of the smallest numbers. */
    private static final float MOST_SCALE = 0x1p16f;

    /** What {@link #macros()} gives. */
    static PiecesConfig of(Map<String, Integer> macros) {
        Map<String, Integer> products = new LinkedHashMap<>(macros);
        int pieces = products.remove(PIECES);
        if (pieces != COUNT) {
            throw new IllegalArgumentException(PIECES + " must be " + COUNT + ", but is " + pieces);
        }
        return new PiecesConfig(MatrixConfig.of(products));
    }

    /** Also of a unit that works by itself. */
    @Override
    public String kernelName() {
        return "attn_forward_matrix";
    }

    @Override
    public boolean canHeadsTakeTurns() {
        return true;
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        return products.localBytes(spec, COUNT);
    }

    @Override
    public Map<String, Integer> macros() {
        Map<String, Integer> macros = new LinkedHashMap<>(products.macros());
        macros.put(PIECES, COUNT);
        return macros;
    }

    @Override
    public List<Launch> launchesBefore(AttentionSpec spec) {
        // Without the marks of a unit that works by itself: nothing is multiplied.
        KernelOptions kernel =
                KernelOptions.attention("attn_pieces", spec, macros(), compilerFlags(), hasAssembly(), false);
        return List.of(new Launch(kernel, rowGroups(spec), heads(spec), spec.batch(), workItems(), true));
    }

    private static long rowGroups(AttentionSpec spec) {
        return Sizes.ceilDiv(Math.max(spec.queryLength(), spec.keyLength()), ROWS);
    }

    /** Of queries, keys and values. */
    private static int heads(AttentionSpec spec) {
        return spec.heads() + 2 * spec.kvHeads();
    }

    /** The pieces, and behind how many flags they begin. */
    @Override
    public long scratchBytes(AttentionSpec spec) {
        long head = products.paddedColumns(spec.headDim());
        long value = products.paddedColumns(spec.valueDim());
        long flags = Sizes.times(spec.batch(), heads(spec), rowGroups(spec), Integer.BYTES) + 4L * Integer.BYTES;
        long queries = Sizes.times(spec.batch(), spec.heads(), spec.queryLength(), head);
        long keys = Sizes.times(spec.batch(), spec.kvHeads(), spec.keyLength(), head + value);
        return Sizes.plus(flags, Sizes.times((long) COUNT * Short.BYTES, Sizes.plus(queries, keys)));
    }

    /** Tiles with room for the group's queries, which both kernels are told alike. */
    @Override
    public Optional<TileConfig> fallback(AttentionSpec spec, Device device) {
        for (Variant variant : new TilesFamily().variants(spec, device)) {
            for (Guess guess : variant.guesses()) {
                if (guess.tiles().tileQ() >= tileQ()
                        && guess.tiles().obstacle(spec, device).isEmpty()) {
                    return Optional.of(guess.tiles());
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> misfit() {
        return products.misfit();
    }

    @Override
    public Optional<String> obstacle(AttentionSpec spec, Device device) {
        Optional<String> request = requestObstacle(spec).or(() -> products.unitObstacle(device));
        if (request.isPresent()) {
            return request;
        }
        if (scratchBytes(spec) > device.maxAllocation()) {
            return Optional.of("pieces need " + scratchBytes(spec) + " bytes in one buffer, device allows "
                    + device.maxAllocation());
        }
        Optional<String> tiles = DerivedConfig.super.obstacle(spec, device);
        return tiles.isPresent() || fallback(spec, device).isPresent()
                ? tiles
                : Optional.of("no tiles of TILES with " + tileQ() + " queries stand in for it");
    }

    @Override
    public Optional<String> obstacleAfterBuild(
            long kernelItems, long kernelLocalBytes, long kernelLanes, Device device) {
        return products.obstacleAfterBuild(kernelItems, kernelLocalBytes, kernelLanes, device);
    }

    /** Why f32 in pieces cannot compute this, or empty. */
    static Optional<String> requestObstacle(AttentionSpec spec) {
        if (spec.operand(Operand.QUERY).dtype() != DType.F32
                || spec.operand(Operand.KEY).dtype() != DType.F32
                || spec.operand(Operand.VALUE).dtype() != DType.F32) {
            return Optional.of("pieces are those of f32");
        }
        if (spec.isBackward()) {
            return Optional.of("gradients are not computed in pieces");
        }
        if (spec.has(Operand.ADDITIVE_VECTOR)) {
            return Optional.of("additive scores are no products of matrices");
        }
        if (spec.isPaged() || spec.rotary() != null) {
            return Optional.of("keys in pages, and rows that the call rotates, are not taken apart");
        }
        if (KeySplit.areRowsLong(spec)) {
            return Optional.of(
                    "keys in pieces are not shared out, as " + spec.keyLength() + " of them would have to be");
        }
        return Math.abs(spec.scale()) <= MOST_SCALE
                ? Optional.empty()
                : Optional.of("a scale of " + spec.scale() + " would lift what pieces lose of small numbers");
    }
}
