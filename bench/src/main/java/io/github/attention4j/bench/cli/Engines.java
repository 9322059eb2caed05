package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.report.Machine;
import java.util.ArrayList;
import java.util.List;

/**
 * The engines under test, and beside them the reference, which is always there to judge.
 *
 * @param all one for each device asked for; one for each device and kernel family where families are forced
 * @param reference the definition
 */
record Engines(List<AttentionEngine> all, AttentionEngine reference) implements AutoCloseable {
    /**
     * Opens them.
     *
     * @param devices ids, or none for every device of this machine
     * @param families kernel families to force on OpenCL devices, or none to let the planner choose
     */
    static Engines open(List<String> devices, List<KernelFamily> families) {
        List<String> ids = devices.isEmpty()
                ? AttentionEngine.devices().stream().map(Device::id).toList()
                : devices;
        List<AttentionEngine> all = new ArrayList<>();
        for (String id : ids) {
            if (families.isEmpty() || !isOpenCl(id)) {
                all.add(AttentionEngine.open(id));
            } else {
                for (KernelFamily family : families) {
                    all.add(AttentionEngine.open(id, EngineOptions.defaults().withFamily(family)));
                }
            }
        }
        return new Engines(List.copyOf(all), AttentionEngine.open("reference"));
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
