package io.github.attention4j.internal.plan.additive;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.plan.family.Family.Guess;
import io.github.attention4j.internal.plan.family.Family.Variant;
import io.github.attention4j.internal.plan.family.GradientScratch;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.RowGroups;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Groups of the kernels for gradients of additive scores, {@code attn_additive_queries} and {@code attn_additive_keys}:
 * they have no matrix product, so families of tiles have nothing to add, and share these.
 *
 * @param family the family that takes them
 * @param items work-items of a group
 */
public record AdditiveConfig(KernelFamily family, int items) implements TileConfig {
    /** Pairs whose gradients are made at a time, as in {@code lib/backward/additive.clh}. */
    private static final int CHUNK = 64;

    /** All that there is to try on a device. */
    public static List<Variant> variants(KernelFamily family, Device device) {
        Guess guess = new Guess(new AdditiveConfig(family, RowGroups.items(device)), "a row a work-group");
        return List.of(new Variant(DType.F32.name(), List.of(guess)));
    }

    @Override
    public String kernelName() {
        return "attn_additive_queries";
    }

    @Override
    public int tileQ() {
        return 1;
    }

    @Override
    public int queryStep() {
        return 1;
    }

    @Override
    public int workItems() {
        return items;
    }

    @Override
    public boolean isOfGradients() {
        return true;
    }

    @Override
    public GradientScratch scratch(AttentionSpec spec) {
        return spec.isBackward() ? new GradientScratch(0, 0, false) : null;
    }

    @Override
    public boolean isOfAdditiveGradients() {
        return true;
    }

    @Override
    public List<Launch> gradientLaunches(AttentionSpec spec, Device device) {
        List<Launch> launches = new ArrayList<>();
        if (spec.has(Operand.GRAD_QUERY)
                || spec.has(Operand.GRAD_ADDITIVE_VECTOR)
                || spec.has(Operand.GRAD_ALIBI_SLOPES)) {
            launches.add(RowGroups.ofQueries(spec, kernel(spec), items, true));
        }
        if (spec.has(Operand.GRAD_KEY) || spec.has(Operand.GRAD_VALUE)) {
            KernelOptions keys = KernelOptions.attention(
                    "attn_additive_keys", spec, macros(), compilerFlags(), hasAssembly(), hasMarkedInstructions());
            launches.add(new Launch(keys, spec.keyLength(), spec.kvHeads(), spec.batch(), items, true));
        }
        return launches;
    }

    @Override
    public KernelOptions kernel(AttentionSpec spec, boolean areRowsLong) {
        return TileConfig.super.kernel(spec, false);
    }

    @Override
    public long localBytes(AttentionSpec spec) {
        return (2L * CHUNK + items) * Float.BYTES;
    }

    @Override
    public Map<String, Integer> macros() {
        return Map.of("ITEMS", items);
    }

    @Override
    public Optional<String> misfit() {
        return items < 1 ? Optional.of("ITEMS must be at least 1, but is " + items) : Optional.empty();
    }
}
