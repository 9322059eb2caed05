package io.github.attention4j.internal.plan.lanes;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.additive.AdditiveConfig;
import io.github.attention4j.internal.plan.family.Family;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code attn_forward_lanes} and {@code attn_backward_lanes}: for processors, which have wide vectors and no local
 * memory of their own.
 */
public final class LanesFamily implements Family {
    @Override
    public KernelFamily name() {
        return KernelFamily.LANES;
    }

    @Override
    public Optional<String> unwanted(AttentionSpec spec, Device device) {
        return device.type() == Device.Type.CPU
                ? Optional.empty()
                : Optional.of(device.name() + " is a " + device.type() + ", whose work-items share local memory");
    }

    @Override
    public List<String> remarks(AttentionSpec spec, Device device) {
        List<String> remarks = new ArrayList<>();
        for (PairProduct product : PairProduct.values()) {
            if (product.instruction() != null) {
                product.deviceObstacle(device)
                        .or(() -> PairProduct.requestObstacle(spec))
                        .ifPresent(why -> remarks.add("not " + product + ": " + why));
            }
        }
        if (spec.operand(Operand.QUERY).dtype() == DType.F16
                && PairProduct.AMX.deviceObstacle(device).isEmpty()) {
            LanesPiecesConfig.unwanted(spec).ifPresent(why -> remarks.add("not AMX of f16 in pieces: " + why));
        }
        return remarks;
    }

    @Override
    public List<Variant> variants(AttentionSpec spec, Device device) {
        if (spec.isBackward() && spec.has(Operand.ADDITIVE_VECTOR)) {
            return AdditiveConfig.variants(name(), device);
        }
        List<Variant> variants = new ArrayList<>();
        if (PairProduct.requestObstacle(spec).isEmpty()) {
            variants.add(new Variant(DType.BF16.name(), LanesGuesses.ofPairs(spec, device)));
        }
        if (LanesPiecesConfig.requestObstacle(spec).isEmpty()) {
            variants.add(new Variant(DType.F16.name(), LanesGuesses.ofPieces(spec, device)));
        }
        variants.add(new Variant(
                DType.F32.name(),
                spec.isBackward() ? LanesGuesses.ofGradients(device) : LanesGuesses.ofFloats(device)));
        return variants;
    }

    @Override
    public TileConfig config(Map<String, Integer> macros) {
        if (macros.containsKey(LanesPiecesConfig.PIECES)) {
            return LanesPiecesConfig.of(macros);
        }
        return macros.containsKey(LanesBackwardConfig.QUERY_BLOCK)
                ? LanesBackwardConfig.of(macros)
                : LanesConfig.of(macros);
    }
}
