package io.github.attention4j.bench;

import io.github.attention4j.Device;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a card run is told. */
final class CardOptions {
    private static final double MINUTES = 20;

    @Option(names = "--device", paramLabel = "ID", description = "gpu:0, cpu:0, ... (the best one).")
    String device;

    @Mixin
    RunOptions run = new RunOptions();

    double minutes() {
        return run.minutes(MINUTES);
    }

    /**
     * The device.
     *
     * @throws IllegalArgumentException if there is none, or it is not an OpenCL device
     */
    Device findDevice() {
        Device found = AttentionEngine.devices().stream()
                .filter(each -> device == null || each.id().equals(device))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no device \"" + device
                        + "\"; this machine has "
                        + AttentionEngine.devices().stream().map(Device::id).toList()));
        if (found.type() == Device.Type.JAVA) {
            throw new IllegalArgumentException(
                    "--card needs an OpenCL device, but " + (device == null ? "this machine has none" : "got " + device)
                            + "; install the driver of your card, or PoCL to try it on the CPU");
        }
        return found;
    }

    /** Where the findings go: a file named after the device, unless another is asked for. */
    Path file(Device device) {
        String name = device.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return run.json != null
                ? run.json
                : Path.of(
                        System.getProperty("bench.target", "target"), "card-" + name.replaceAll("^-|-$", "") + ".json");
    }
}
