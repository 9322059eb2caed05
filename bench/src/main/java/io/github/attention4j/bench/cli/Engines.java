package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.report.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The engines under test, and beside them the reference, which is always there to judge.
 *
 * @param all one for each device asked for; one for each device and kernel family where families are forced
 * @param reference the definition
 */
record Engines(List<AttentionEngine> all, AttentionEngine reference) implements AutoCloseable {
    /**
     * Opens those that are asked for.
     *
     * @param otherwise ids of devices if none is asked for; empty for all of this machine
     */
    static Engines open(Arguments arguments, List<String> otherwise) {
        List<String> ids = arguments.has("--device") ? arguments.texts("--device") : otherwise;
        List<AttentionEngine> all = new ArrayList<>();
        for (String id : ids.isEmpty() ? ids(AttentionEngine.devices()) : ids) {
            if (!arguments.has("--family") || !isOpenCl(id)) {
                all.add(AttentionEngine.open(id));
            } else {
                for (KernelFamily family : families(arguments)) {
                    all.add(AttentionEngine.open(id, EngineOptions.defaults().withFamily(family)));
                }
            }
        }
        return new Engines(List.copyOf(all), AttentionEngine.open("reference"));
    }

    static List<String> ids(List<Device> devices) {
        return devices.stream().map(Device::id).toList();
    }

    /** The kernel families that are asked for. */
    static List<KernelFamily> families(Arguments arguments) {
        return arguments.texts("--family").stream()
                .map(name -> KernelFamily.valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
    }

    /**
     * The device that is asked for, or the machine's best if none is.
     *
     * @param otherwise what to do if it is not an OpenCL device, for messages
     * @throws IllegalArgumentException if there is none, or it is not an OpenCL device
     */
    static Device openCl(Arguments arguments, String otherwise) {
        String id = arguments.text("--device");
        List<Device> devices = AttentionEngine.devices();
        Device found = devices.stream()
                .filter(each -> id == null || each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no device \"" + id + "\"; this machine has " + ids(devices)));
        if (found.type() == Device.Type.JAVA) {
            throw new IllegalArgumentException(arguments.command() + " needs an OpenCL device, but "
                    + (id == null ? "this machine has none" : "got " + id) + otherwise);
        }
        return found;
    }

    /** This machine with their devices. */
    Machine machine() {
        return Machine.here(all.stream().map(AttentionEngine::device).distinct().toList());
    }

    /** Whether this id is not one of the engines that run in the JVM. */
    static boolean isOpenCl(String id) {
        return !id.equals("java") && !id.equals("reference");
    }

    @Override
    public void close() {
        all.forEach(AttentionEngine::close);
        reference.close();
    }
}
