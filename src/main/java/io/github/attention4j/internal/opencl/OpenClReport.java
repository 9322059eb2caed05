package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import io.github.attention4j.internal.Obstacle;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a diagnosis says of OpenCL. Without JOCL's classes, like {@link DeviceSearch}.
 *
 * @param lines names and what to say of them
 * @param best the id of the device that is opened, or null
 * @param obstacles what keeps devices from being used; of those without a device only if there is none at all
 */
public record OpenClReport(Map<String, String> lines, String best, List<Obstacle> obstacles) {
    private static final List<String> VARIABLES = List.of(
            "OCL_ICD_VENDORS",
            "OCL_ICD_FILENAMES",
            "POCL_CACHE_DIR",
            "POCL_DEVICES",
            "RUSTICL_ENABLE",
            "CUDA_VISIBLE_DEVICES",
            "ROCR_VISIBLE_DEVICES",
            "LD_PRELOAD",
            "LD_LIBRARY_PATH");

    /** Looks at everything. */
    public static OpenClReport make() {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("JOCL", jocl());
        lines.put("native access", nativeAccess());
        lines.put("OpenCL library", library());
        lines.put("drivers", drivers());
        lines.put("environment", environment());
        OpenCl.Discovery search = DeviceSearch.run();
        lines.put("devices", devices(search));
        List<Obstacle> obstacles = new ArrayList<>(search.failed());
        if (search.found().isEmpty()) {
            obstacles.addAll(search.idle());
            return new OpenClReport(lines, null, obstacles);
        }
        if (!search.idle().isEmpty()) {
            lines.put("without a device", causes(search.idle()));
        }
        advise(lines, search.devices());
        return new OpenClReport(lines, search.found().get(0).device().id(), obstacles);
    }

    /** Whether there is a device. */
    public boolean hasDevice() {
        return best != null;
    }

    private static void advise(Map<String, String> lines, List<Device> devices) {
        for (Device device : devices) {
            if (device.platform().startsWith(PoclNeeds.PLATFORM)) {
                lines.put("PoCL's cache", PoclNeeds.cacheFolder());
            }
            String signals = SignalChaining.protection(device);
            if (!signals.isEmpty()) {
                lines.put("signal handlers", signals);
            }
        }
    }

    private static String jocl() {
        try {
            Class<?> jocl = Class.forName("org.jocl.CL", false, OpenClReport.class.getClassLoader());
            CodeSource source = jocl.getProtectionDomain().getCodeSource();
            return source == null ? "there" : source.getLocation().getPath();
        } catch (ClassNotFoundException | LinkageError | SecurityException e) {
            return "not there: " + e.getMessage();
        }
    }

    private static String nativeAccess() {
        String flag = "--enable-native-access=" + (LinkFailures.isModule() ? "jocl" : "ALL-UNNAMED");
        return Runtime.version().feature() < 24
                ? "free in this JVM; from Java 24 on it wants " + flag
                : "wants " + flag + " in this JVM";
    }

    private static String library() {
        for (String name : IcdLoader.NAMES) {
            Path path = SystemLibraries.find(name);
            if (path != null) {
                return path.toString();
            }
        }
        return IcdLoader.obstacle() == null ? "not in a place known here; the system may find it" : "not there";
    }

    private static String drivers() {
        StringBuilder text = new StringBuilder();
        for (IcdLoader.Driver driver : IcdLoader.drivers()) {
            text.append(driver.describe()).append('\n');
        }
        return text.length() == 0 ? "none registered in " + IcdLoader.folder() : text.toString();
    }

    private static String environment() {
        StringBuilder text = new StringBuilder();
        for (String variable : VARIABLES) {
            String value = System.getenv(variable);
            if (value != null) {
                text.append(variable).append('=').append(value).append('\n');
            }
        }
        return text.length() == 0 ? "no variable that OpenCL knows is set" : text.toString();
    }

    private static String devices(OpenCl.Discovery search) {
        StringBuilder text = new StringBuilder();
        for (Device device : search.devices()) {
            text.append(device.describe()).append('\n');
        }
        return text.length() == 0 ? "none" : text.toString();
    }

    private static String causes(List<Obstacle> obstacles) {
        StringBuilder text = new StringBuilder();
        for (Obstacle obstacle : obstacles) {
            text.append(obstacle.cause()).append('\n');
        }
        return text.toString();
    }
}
