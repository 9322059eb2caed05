package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import java.util.List;

/** OpenCL on this machine. */
public final class OpenCl {
    private OpenCl() {}

    /**
     * What was found.
     *
     * @param devices best first
     * @param problem why there is no device, or null
     */
    public record Discovery(List<Device> devices, String problem) {}

    /** Looks for devices; never throws. */
    public static Discovery discover() {
        return new Discovery(List.of(), "not written yet");
    }
}
