package io.github.attention4j.internal;

import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.cpu.JavaBackend;
import io.github.attention4j.internal.opencl.OpenCl;
import io.github.attention4j.internal.opencl.OpenClBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds devices and opens what runs on them. */
public final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private Backends() {}

    /** Every device, best first. */
    public static List<Device> devices() {
        List<Device> all = new ArrayList<>(OpenCl.discover().devices());
        all.add(JavaBackend.device("java"));
        all.add(JavaBackend.device("reference"));
        return List.copyOf(all);
    }

    /** The best OpenCL device, else pure Java with one warning that says why and what to install. */
    public static Backend best(EngineOptions options) {
        OpenCl.Discovery found = OpenCl.discover();
        String problem = found.problem();
        for (OpenCl.Found each : found.found()) {
            try {
                return OpenClBackend.open(each, options);
            } catch (DeviceException e) {
                problem = "none of those there are can be opened; the last one: " + e.getMessage();
                LOG.warn("{} cannot be used: {}", each.device().name(), e.getMessage());
            }
        }
        LOG.warn(
                "No OpenCL device: {}. Using pure Java, which is exact but slower. Install an OpenCL driver: your GPU vendor's, or for CPUs"
                        + " PoCL (Debian: apt-get install pocl-opencl-icd); AttentionEngine.open(\"java\") chooses pure Java without this warning.",
                problem);
        return JavaBackend.open("java", options);
    }

    /** The device with this id. */
    public static Backend open(String id, EngineOptions options) {
        if (id.equals("java") || id.equals("reference")) {
            return JavaBackend.open(id, options);
        }
        if (!isOpenClId(id)) {
            throw new IllegalArgumentException(
                    "device must be \"gpu:N\", \"cpu:N\", \"accelerator:N\", \"java\" or \"reference\", but is \"" + id
                            + "\"; this machine has " + known());
        }
        OpenCl.Discovery found = OpenCl.discover();
        for (OpenCl.Found each : found.found()) {
            if (each.device().id().equals(id)) {
                return OpenClBackend.open(each, options);
            }
        }
        throw new IllegalArgumentException("there is no device \"" + id + "\"; this machine has " + known()
                + (found.problem() == null ? "" : " (" + found.problem() + ")"));
    }

    /** A type of device, a colon and a number. By hand, for a fast start: a regular expression links lambdas of its own. */
    private static boolean isOpenClId(String id) {
        int colon = id.indexOf(':');
        if (colon < 0 || !List.of("gpu", "cpu", "accelerator").contains(id.substring(0, colon))) {
            return false;
        }
        for (int i = colon + 1; i < id.length(); i++) {
            if (id.charAt(i) < '0' || id.charAt(i) > '9') {
                return false;
            }
        }
        return colon + 1 < id.length();
    }

    private static String known() {
        return devices().stream().map(device -> "\"" + device.id() + "\"").collect(Collectors.joining(", "));
    }
}
