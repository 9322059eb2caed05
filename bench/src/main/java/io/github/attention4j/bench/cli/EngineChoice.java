package io.github.attention4j.bench.cli;

import io.github.attention4j.KernelFamily;
import java.util.List;
import picocli.CommandLine.Option;

/** Which devices, and which kernels on them. */
final class EngineChoice {
    @Option(
            names = "--device",
            split = ",",
            paramLabel = "ID",
            description = "gpu:0, cpu:0, java or reference; may be repeated.")
    List<String> devices = List.of();

    @Option(
            names = "--family",
            split = ",",
            paramLabel = "LANES|TILES|MATRIX|DECODE",
            description = "Force kernel families on OpenCL devices (the planner chooses).")
    List<KernelFamily> families = List.of();

    /**
     * Opens them.
     *
     * @param otherwise the devices if none is asked for; empty for all
     */
    Engines open(List<String> otherwise) {
        return Engines.open(devices.isEmpty() ? otherwise : devices, families);
    }
}
