package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.layers.LayerSpec;
import java.util.List;

/**
 * A decision: what is compiled and what runs.
 *
 * @param spec what is computed
 * @param launches all kernels, in their order
 * @param notes what was chosen, and why not the others, a line each
 * @param like what would be launched with the same tiles for a layer of other sizes
 */
public record LayerChoice(LayerSpec spec, List<LayerLaunch> launches, List<String> notes, Like like) {
    /** Launches for a layer that has the operands, types and options of another. */
    public interface Like {
        /** All kernels, in their order. */
        List<LayerLaunch> launches(LayerSpec spec);
    }

    /** What kind of kernels does it. */
    public KernelFamily family() {
        return launches.get(0).family();
    }

    /** The notes, for people. */
    public String explanation() {
        return String.join("\n", notes);
    }

    /**
     * One of the launches, for a layer of other sizes.
     *
     * @param number of the launch
     */
    public LayerChoice like(LayerSpec other, int number) {
        return new LayerChoice(other, List.of(like.launches(other).get(number)), List.of(), like);
    }
}
