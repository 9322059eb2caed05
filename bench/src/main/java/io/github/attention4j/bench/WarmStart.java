package io.github.attention4j.bench;

import io.github.attention4j.Device;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long a program waits for its first result: fresh JVMs, each opening an engine and computing one small problem, first with an empty
 * program cache, then with the one that this left behind.
 */
final class WarmStart {
    private static final int WARM_RUNS = 5;

    private final List<String> devices;

    WarmStart(List<String> devices) {
        this.devices = devices.isEmpty()
                ? AttentionEngine.devices().stream().map(Device::id).toList()
                : devices;
    }

    /**
     * Milliseconds from opening an engine to its first result.
     *
     * @param cold with an empty program cache
     * @param warm with a filled one, lowest first
     */
    record Waits(double cold, double[] warm) {
        double median() {
            return warm[warm.length / 2];
        }
    }

    /** Prints a line for each device; the exit status. */
    int run(PrintStream out) throws IOException {
        out.println("From AttentionEngine.open to the first result, in a fresh JVM each time, in ms:");
        out.printf(
                "  %-10s %12s %12s   %s%n",
                "device", "empty cache", "filled cache", "(lowest to highest of " + WARM_RUNS + ")");
        for (String device : devices) {
            Waits waits = measure(device);
            out.printf(
                    "  %-10s %12.0f %12.0f   (%.0f to %.0f)%n",
                    device, waits.cold(), waits.median(), waits.warm()[0], waits.warm()[WARM_RUNS - 1]);
        }
        return 0;
    }

    /** Starts the JVMs. */
    static Waits measure(String device) throws IOException {
        Path cache = Files.createTempDirectory("attention4j-warm-start");
        try {
            double cold = probe(device, cache);
            double[] warm = new double[WARM_RUNS];
            for (int i = 0; i < WARM_RUNS; i++) {
                warm[i] = probe(device, cache);
            }
            Arrays.sort(warm);
            return new Waits(cold, warm);
        } finally {
            delete(cache);
        }
    }

    private static double probe(String device, Path cache) throws IOException {
        Map<String, String> environment = new HashMap<>();
        // Drivers keep compiled programs too: an empty cache must be empty there as well.
        for (String variable : List.of("POCL_CACHE_DIR", "CUDA_CACHE_PATH", "NEO_CACHE_DIR", "MESA_SHADER_CACHE_DIR")) {
            File folder = cache.resolve(variable).toFile();
            folder.mkdirs();
            environment.put(variable, folder.getPath());
        }
        List<String> arguments = List.of(device, cache.resolve("attention4j").toString());
        String text = ChildJvm.run(WarmStartProbe.class, List.of(), environment, arguments);
        return Double.parseDouble(ChildJvm.after(WarmStartProbe.PREFIX, text));
    }

    /** Deletes a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
