package io.github.attention4j.internal.engine;

import io.github.attention4j.Device;
import io.github.attention4j.DeviceException;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.Obstacle;
import io.github.attention4j.internal.java.JavaBackend;
import io.github.attention4j.internal.opencl.DeviceSearch;
import io.github.attention4j.internal.opencl.DriverFailures;
import io.github.attention4j.internal.opencl.OpenCl;
import io.github.attention4j.internal.opencl.OpenClBackend;
import io.github.attention4j.internal.several.SeveralBackend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds devices and opens what runs on them. */
public final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    /** The last text that was to be logged once. */
    private static final AtomicReference<String> SAID = new AtomicReference<>();

    private Backends() {}

    /** Every device, best first. Without an OpenCL device, the Java one says why, and so does the log, once. */
    public static List<Device> devices() {
        OpenCl.Discovery search = DeviceSearch.run();
        if (search.found().isEmpty()) {
            warnOnce("No OpenCL device: " + text(reasons(search)));
        }
        warnOfUnused(search);
        return devices(search);
    }

    private static List<Device> devices(OpenCl.Discovery search) {
        List<Device> all = new ArrayList<>(search.devices());
        Device java = JavaBackend.device("java");
        all.add(all.isEmpty() ? java.withNote(note(reasons(search))) : java);
        all.add(JavaBackend.device("reference"));
        return List.copyOf(all);
    }

    /** The best OpenCL device, else pure Java with one warning that says why and what to do. */
    public static Backend best(EngineOptions options) {
        OpenCl.Discovery search = DeviceSearch.run();
        if (!search.found().isEmpty()) {
            warnOfUnused(search);
        }
        List<Obstacle> reasons = new ArrayList<>();
        for (OpenCl.Found each : search.found()) {
            try {
                return OpenClBackend.open(each, options, javaSide(options));
            } catch (DeviceException e) {
                reasons.add(DriverFailures.ofOpening(each.device().name(), e));
                warnOnce("An OpenCL device is not used: " + text(reasons));
            }
        }
        reasons.addAll(reasons(search));
        LOG.warn(
                "No OpenCL device: {}. Using pure Java, which is exact but slower. {}"
                        + " AttentionEngine.open(\"java\") chooses pure Java without this warning.",
                causes(reasons),
                reasons.get(0).remedy());
        logDetails(reasons);
        return JavaBackend.open("java", options, note(reasons));
    }

    /** Why there is no device, the most telling first. */
    static List<Obstacle> reasons(OpenCl.Discovery search) {
        List<Obstacle> reasons = new ArrayList<>(search.failed());
        reasons.addAll(search.idle());
        return reasons;
    }

    /** What {@code describe()} and {@code explain()} of the Java engine say where it takes the place of a device. */
    private static String note(List<Obstacle> reasons) {
        return "pure Java because " + causes(reasons) + "; remedy: "
                + reasons.get(0).remedy();
    }

    private static String text(List<Obstacle> reasons) {
        return causes(reasons) + ". " + reasons.get(0).remedy();
    }

    static String causes(List<Obstacle> reasons) {
        StringBuilder causes = new StringBuilder(reasons.get(0).cause());
        for (int i = 1; i < reasons.size(); i++) {
            causes.append("; ").append(reasons.get(i).cause());
        }
        return causes.toString();
    }

    /** A driver that fails beside one that works is told of, one without a device is not. */
    private static void warnOfUnused(OpenCl.Discovery search) {
        if (!search.found().isEmpty() && !search.failed().isEmpty()) {
            warnOnce("An OpenCL driver is not used: " + text(search.failed()));
            logDetails(search.failed());
        }
    }

    private static void warnOnce(String text) {
        if (!text.equals(SAID.getAndSet(text))) {
            LOG.warn(text);
        }
    }

    private static void logDetails(List<Obstacle> reasons) {
        for (Obstacle reason : reasons) {
            if (reason.details() != null) {
                LOG.debug("what was thrown", reason.details());
            }
        }
    }

    /** The devices with these ids, as one if there are several. */
    public static Backend open(List<String> ids, EngineOptions options) {
        if (ids.isEmpty() || new HashSet<>(ids).size() < ids.size()) {
            throw new IllegalArgumentException("devices must be one or several ids, each once, but are " + ids
                    + "; this machine has " + known(DeviceSearch.run()));
        }
        if (ids.size() == 1) {
            return open(ids.get(0), options);
        }
        List<Backend> opened = new ArrayList<>();
        try {
            for (String id : ids) {
                opened.add(open(id, options));
            }
            return new SeveralBackend(opened, options);
        } catch (RuntimeException | Error e) {
            opened.forEach(Backend::close);
            throw e;
        }
    }

    /** The device with this id. */
    public static Backend open(String id, EngineOptions options) {
        if (id.indexOf('+') >= 0) {
            return open(List.of(id.split("\\+", -1)), options);
        }
        if (id.equals("java") || id.equals("reference")) {
            return JavaBackend.open(id, options);
        }
        if (!isOpenClId(id)) {
            throw new IllegalArgumentException(
                    "device must be \"gpu:N\", \"cpu:N\", \"accelerator:N\", \"java\" or \"reference\", but is \"" + id
                            + "\"; this machine has " + known(DeviceSearch.run()));
        }
        OpenCl.Discovery search = DeviceSearch.run();
        for (OpenCl.Found each : search.found()) {
            if (each.device().id().equals(id)) {
                return OpenClBackend.open(each, options, javaSide(options));
            }
        }
        List<Obstacle> reasons = search.found().isEmpty() ? reasons(search) : search.failed();
        throw new IllegalArgumentException("there is no device \"" + id + "\"; this machine has " + known(search)
                + (reasons.isEmpty() ? "" : ": " + text(reasons)));
    }

    /** Engines in Java with as many threads as an engine on a device was given. */
    public static JavaSide javaSide(EngineOptions options) {
        return new JavaSide() { // not a lambda, for a fast start
            @Override
            public Backend open(String id) {
                EngineOptions none = new EngineOptions(
                        Optional.empty(), Optional.empty(), Optional.empty(), options.threads(), 0, 0, false);
                return JavaBackend.open(id, none);
            }
        };
    }

    /**
     * A type of device, a colon and a number. By hand, for a fast start: a regular expression links lambdas of its own.
     */
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

    private static String known(OpenCl.Discovery search) {
        return devices(search).stream().map(device -> "\"" + device.id() + "\"").collect(Collectors.joining(", "));
    }
}
