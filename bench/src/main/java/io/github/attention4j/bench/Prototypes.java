package io.github.attention4j.bench;

import io.github.attention4j.Device;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.timing.Contender;
import io.github.attention4j.bench.timing.PrototypeContender;
import io.github.attention4j.bench.timing.PrototypeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Kernels from a file of their own to compare the engine's with.
 *
 * @param device where they run; null if there are none
 * @param source their OpenCL C
 * @param options one variant each
 */
record Prototypes(PrototypeDevice device, String source, List<String> options) implements AutoCloseable {

    /**
     * Opens the device that is asked for, or the machine's best.
     *
     * @param file the source, or null for no prototypes
     */
    static Prototypes open(Path file, List<String> options, List<String> devices) throws IOException {
        if (file == null) {
            return new Prototypes(null, "", List.of());
        }
        String source = Files.readString(file);
        String id = devices.stream()
                .filter(Engines::isOpenCl)
                .findFirst()
                .or(() -> AttentionEngine.devices().stream()
                        .map(Device::id)
                        .filter(Engines::isOpenCl)
                        .findFirst())
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "--prototype needs an OpenCL device, but this machine has none; bench/run --list shows what there is"));
        return new Prototypes(new PrototypeDevice(id), source, options);
    }

    /** Each variant, compiled for the problem. */
    List<Contender> contenders(Problem problem) {
        return options.stream()
                .map(variant -> (Contender) new PrototypeContender(device, source, variant, problem))
                .toList();
    }

    @Override
    public void close() {
        if (device != null) {
            device.close();
        }
    }
}
