package io.github.attention4j.internal.plan.family;

import io.github.attention4j.internal.kernel.KernelOptions;

/**
 * One kernel of a plan and over what it runs.
 *
 * @param kernel what is compiled
 * @param x work-groups of the first dimension
 * @param y of the second
 * @param z of the third
 * @param items work-items of a group, all in the first dimension
 * @param takesPartials whether the kernel has an argument for partial results, or the scratch of gradients, behind the
 *     others
 */
public record Launch(KernelOptions kernel, long x, long y, long z, int items, boolean takesPartials) {
    /** Work-items in all. */
    public long[] globalSize() {
        return new long[] {x * items, y, z};
    }

    /** Work-items of a group. */
    public long[] localSize() {
        return new long[] {items, 1, 1};
    }
}
