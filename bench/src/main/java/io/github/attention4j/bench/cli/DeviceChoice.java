package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import java.util.List;
import picocli.CommandLine.Option;

/** Which devices, by their ids. */
final class DeviceChoice {
    @Option(
            names = "--device",
            split = ",",
            paramLabel = "ID",
            description = "gpu:0, cpu:0, java or reference; may be repeated.")
    List<String> ids = List.of();

    /**
     * The only one, or the machine's best if there is none.
     *
     * @param command what wants it, for messages
     * @param otherwise what to do if it is not an OpenCL device, for messages
     * @throws IllegalArgumentException if there is none, or it is not an OpenCL device
     */
    Device openCl(String command, String otherwise) {
        String id = ids.isEmpty() ? null : ids.get(0);
        Device found = AttentionEngine.devices().stream()
                .filter(each -> id == null || each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no device \"" + id + "\"; this machine has "
                        + AttentionEngine.devices().stream().map(Device::id).toList()));
        if (found.type() == Device.Type.JAVA) {
            throw new IllegalArgumentException(command + " needs an OpenCL device, but "
                    + (id == null ? "this machine has none" : "got " + id) + otherwise);
        }
        return found;
    }
}
