package io.github.attention4j.internal.plan.tiles;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.plan.additive.AdditiveConfig;
import io.github.attention4j.internal.plan.family.Family;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code attn_forward_tiles}: for GPUs; runs wherever work-items have local memory. */
public final class TilesFamily implements Family {
    @Override
    public KernelFamily name() {
        return KernelFamily.TILES;
    }

    @Override
    public Optional<String> unwanted(AttentionSpec spec, Device device) {
        return device.type() == Device.Type.CPU
                ? Optional.of(device.name()
                        + " is a CPU, where work-group tiles were measured 10 to 25 times slower than LANES")
                : Optional.empty();
    }

    @Override
    public List<Variant> variants(AttentionSpec spec, Device device) {
        if (spec.isBackward() && spec.has(Operand.ADDITIVE_VECTOR)) {
            return AdditiveConfig.variants(name(), device);
        }
        List<Guess> guesses = spec.isBackward() ? TilesBackwardGuesses.of(spec, device) : TilesGuesses.of(spec, device);
        return List.of(new Variant(DType.F32.name(), guesses));
    }

    @Override
    public TileConfig config(Map<String, Integer> macros) {
        return macros.containsKey(TilesBackwardConfig.LANES) ? TilesBackwardConfig.of(macros) : TilesConfig.of(macros);
    }
}
