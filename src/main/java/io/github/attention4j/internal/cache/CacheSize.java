package io.github.attention4j.internal.cache;

import io.github.attention4j.DeviceException;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.UnsupportedByDeviceException;

/**
 * Messages for a tensor of a cache that cannot be had. They do not advise to split it, as those of calls do: a cache is
 * whole.
 */
public final class CacheSize {
    private CacheSize() {}

    /** A tensor is larger than any buffer of the device. */
    public static UnsupportedByDeviceException unsupported(
            KvCacheSpec spec, Operand operand, TensorSpec tensor, UnsupportedByDeviceException cause) {
        UnsupportedByDeviceException said = new UnsupportedByDeviceException(
                about(spec, operand, tensor) + ": " + firstPart(cause.getMessage()) + "; " + waysOut(spec),
                cause.explain());
        said.initCause(cause);
        return said;
    }

    /** The device has not enough memory left. */
    public static DeviceException failed(KvCacheSpec spec, Operand operand, TensorSpec tensor, DeviceException cause) {
        return new DeviceException(
                about(spec, operand, tensor) + ": " + cause.getMessage() + "; " + waysOut(spec), cause);
    }

    private static String about(KvCacheSpec spec, Operand operand, TensorSpec tensor) {
        return "the cache's " + operand.label() + " of "
                + (spec.pageSize() > 0
                        ? spec.pages() + " pages x " + spec.kvHeads() + " kvHeads x " + spec.pageSize() + " rows"
                        : spec.sequences() + " sequences x " + spec.kvHeads() + " kvHeads x maxLength "
                                + spec.maxLength())
                + ", " + tensor.shape() + " of " + tensor.dtype() + ", is too large";
    }

    /** Without the advice for single tensors. */
    private static String firstPart(String message) {
        int end = message.indexOf("; ");
        return end < 0 ? message : message.substring(0, end);
    }

    private static String waysOut(KvCacheSpec spec) {
        return (spec.pageSize() > 0
                        ? "ask for fewer pages"
                        : "ask for pages (paged(pageSize, pages)), which sequences take as they grow, or fewer sequences")
                + (spec.type().isQuantised() ? "" : ", or for a smaller type (F16, BF16, I8, I4)")
                + ", or make several caches of fewer sequences";
    }
}
