package io.github.attention4j.internal.plan.family;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.kernel.KernelOptions;

/** Launches of kernels that treat a row a work-group. */
public final class RowGroups {
    private static final int ITEMS = 64;

    private RowGroups() {}

    /** Work-items of a group on a device whose groups have items that share local memory. */
    public static int shared(Device device) {
        return (int) Math.min(ITEMS, device.maxWorkGroupSize());
    }

    /** Work-items of a group. */
    public static int items(Device device) {
        return device.type() == Device.Type.CPU ? 1 : shared(device);
    }

    /** A query row a group. */
    public static Launch ofQueries(AttentionSpec spec, KernelOptions kernel, int items, boolean takesScratch) {
        return new Launch(kernel, spec.queryLength(), spec.heads(), spec.batch(), items, takesScratch);
    }

    /** From rows in the scratch to the gradient of the query. */
    public static Launch gradientOfQueries(AttentionSpec spec, Device device) {
        int items = items(device);
        return ofQueries(spec, KernelOptions.gradientRows(spec, Operand.GRAD_QUERY, items), items, true);
    }

    /** From rows in the scratch to the gradient of the key. */
    public static Launch gradientOfKeys(AttentionSpec spec, Device device) {
        int items = items(device);
        KernelOptions kernel = KernelOptions.gradientRows(spec, Operand.GRAD_KEY, items);
        return new Launch(kernel, spec.keyLength(), spec.kvHeads(), spec.batch(), items, true);
    }
}
