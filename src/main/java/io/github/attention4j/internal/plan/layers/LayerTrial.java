package io.github.attention4j.internal.plan.layers;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.kernel.KernelOptions;
import java.util.Optional;

/** Compiles a candidate and says why the compiled kernel cannot run or may not be used, or nothing if it can. */
public interface LayerTrial {
    /**
     * Of one kernel.
     *
     * @param kernel what is compiled
     * @param family the family of kernels that it belongs to
     * @param items work-items of a group
     * @param subGroup work-items that sub-groups must have; 0 where that need not be asked
     */
    Optional<String> obstacle(KernelOptions kernel, KernelFamily family, int items, int subGroup);
}
