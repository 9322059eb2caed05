package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.internal.kernel.KernelOptions;
import java.util.Optional;

/** Compiles a candidate and says why the compiled kernel cannot run, or nothing if it can. */
public interface LayerTrial {
    /** @param items work-items of a group */
    Optional<String> obstacle(KernelOptions kernel, int items);
}
