package io.github.attention4j.internal.plan;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelParams;
import io.github.attention4j.internal.plan.family.GradientScratch;
import io.github.attention4j.internal.plan.family.KeySplit;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A decision: what is compiled, what runs and over which work-groups.
 *
 * @param spec what is computed
 * @param tiles the kernel's tiles
 * @param options the kernel that computes attention
 * @param groupQueries queries a work-group owns; where heads are joined, query rows of all heads that share keys
 * @param split how keys are shared out to work-groups
 * @param launches all kernels, in their order
 * @param notes what was chosen, from where, and why not the others, a line each
 */
public record Choice(
        AttentionSpec spec,
        TileConfig tiles,
        KernelOptions options,
        int groupQueries,
        KeySplit split,
        List<Launch> launches,
        List<String> notes) {

    /** With the launches that follow. */
    public static Choice of(
            AttentionSpec spec,
            Device device,
            TileConfig tiles,
            KernelOptions options,
            KeySplit split,
            List<String> notes) {
        int groupQueries = Geometry.groupQueries(spec, tiles, device);
        return new Choice(
                spec,
                tiles,
                options,
                groupQueries,
                split,
                Geometry.launches(spec, device, tiles, options, groupQueries, split),
                List.copyOf(notes));
    }

    /** The struct that all its kernels are given. */
    public ByteBuffer params() {
        return KernelParams.of(spec, groupQueries, Geometry.headsTakeTurns(spec, tiles), split.splits(), split.keys());
    }

    /**
     * Bytes of partial results, of pieces, or the scratch of gradients, that its kernels hand over to one another; 0
     * for none.
     */
    public long partialBytes() {
        GradientScratch scratch = tiles.scratch(spec);
        if (scratch != null) {
            return scratch.bytes(spec);
        }
        return split.isWhole() ? tiles.scratchBytes(spec) : split.partialBytes(spec);
    }

    /** The notes, for people. */
    public String explanation() {
        return String.join("\n", notes);
    }
}
