package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.layers.LayerSpec;
import java.util.List;

/**
 * A decision: what is compiled and what runs.
 *
 * @param spec what is computed
 * @param family what kind of kernels does it
 * @param launches all kernels, in their order
 * @param notes what was chosen, and why not the others, a line each
 */
public record LayerChoice(LayerSpec spec, KernelFamily family, List<LayerLaunch> launches, List<String> notes) {
    /** The notes, for people. */
    public String explanation() {
        return String.join("\n", notes);
    }
}
