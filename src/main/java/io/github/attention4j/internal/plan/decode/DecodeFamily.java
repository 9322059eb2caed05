package io.github.attention4j.internal.plan.decode;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.family.Family;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.lanes.LanesGuesses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code attn_decode_lanes}, {@code attn_decode_rows} and {@code attn_decode_tiles}: for few queries, where reading
 * keys once for all heads that share them counts for more than anything else.
 */
public final class DecodeFamily implements Family {
    /** Queries a head for which the kernels are made. */
    private static final int MOST_QUERIES = 16;

    @Override
    public KernelFamily name() {
        return KernelFamily.DECODE;
    }

    @Override
    public Optional<String> unwanted(AttentionSpec spec, Device device) {
        int most = mostQueries(device);
        return spec.queryLength() <= most
                ? Optional.empty()
                : Optional.of(spec.queryLength() + " queries a head; for up to " + most
                        + " on this device, reading keys once for all heads that share them counts for more");
    }

    @Override
    public List<String> remarks(AttentionSpec spec, Device device) {
        List<String> remarks = new ArrayList<>();
        if (unwanted(spec, device).isEmpty()) {
            remarks.add("DECODE before the others: " + spec.queryLength() + " queries a head, up to "
                    + mostQueries(device)
                    + " on this device; fewer than a tile of queries, so reading keys once counts for more");
        }
        if (device.type() == Device.Type.CPU && ByteProduct.areKeysBytes(spec)) {
            for (ByteProduct product : ByteProduct.values()) {
                if (product.instruction() != null) {
                    product.deviceObstacle(device)
                            .or(() -> ByteProduct.requestObstacle(spec))
                            .ifPresent(why -> remarks.add("not " + product + ": " + why));
                }
            }
        }
        return remarks;
    }

    /**
     * The most queries a head for which decode kernels are taken. A CPU's forward kernel fills its vectors with the
     * queries of one head; below half of that, most of what it computes is thrown away.
     */
    private static int mostQueries(Device device) {
        return device.type() == Device.Type.CPU
                ? Math.min(MOST_QUERIES, LanesGuesses.best(device).queryStep() / 2)
                : MOST_QUERIES;
    }

    @Override
    public List<Variant> variants(AttentionSpec spec, Device device) {
        List<Variant> variants = new ArrayList<>();
        if (ByteProduct.requestObstacle(spec).isEmpty()) {
            variants.add(new Variant(DType.I8.name(), DecodeGuesses.ofBytes(spec, device)));
        }
        DType key = spec.operand(Operand.KEY).dtype();
        if (device.type() != Device.Type.CPU && key.isFloat() && key.bits() == Short.SIZE) {
            // Either type is read alike, and by more at once than f32: what was measured with one comes before.
            variants.add(new Variant(DType.F16.name(), List.of()));
        }
        variants.add(new Variant(DType.F32.name(), DecodeGuesses.of(spec, device)));
        return variants;
    }

    @Override
    public TileConfig config(Map<String, Integer> macros) {
        if (macros.containsKey("LANES")) {
            return DecodeLanesConfig.of(macros);
        }
        return macros.containsKey("KEY_LANES") ? DecodeRowsConfig.of(macros) : DecodeTilesConfig.of(macros);
    }
}
