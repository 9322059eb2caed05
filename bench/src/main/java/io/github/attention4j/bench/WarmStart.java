package io.github.attention4j.bench;

import io.github.attention4j.Device;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long a program waits for its first result: fresh JVMs, each opening an engine and computing one small problem, first with an empty
 * program cache, then with the one that this left behind.
 */
final class WarmStart {
    private static final int WARM_RUNS = 5;

    private final List<String> devices;

    WarmStart(List<String> devices) {
        this.devices =
                devices.isEmpty() ? Device.list().stream().map(Device::id).toList() : devices;
    }

    /** Prints a line for each device; the exit status. */
    int run(PrintStream out) throws IOException {
        out.println("From AttentionEngine.open to the first result, in a fresh JVM each time, in ms:");
        out.printf(
                "  %-10s %12s %12s   %s%n",
                "device", "empty cache", "filled cache", "(lowest to highest of " + WARM_RUNS + ")");
        for (String device : devices) {
            Path cache = Files.createTempDirectory("attention4j-warm-start");
            try {
                double cold = probe(device, cache);
                double[] warm = new double[WARM_RUNS];
                for (int i = 0; i < WARM_RUNS; i++) {
                    warm[i] = probe(device, cache);
                }
                Arrays.sort(warm);
                out.printf(
                        "  %-10s %12.0f %12.0f   (%.0f to %.0f)%n",
                        device, cold, warm[WARM_RUNS / 2], warm[0], warm[WARM_RUNS - 1]);
            } finally {
                delete(cache);
            }
        }
        return 0;
    }

    private static double probe(String device, Path cache) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), WarmStartProbe.class.getName(), device));
        command.add(cache.resolve("attention4j").toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Drivers keep compiled programs too: an empty cache must be empty there as well.
        for (String variable : List.of("POCL_CACHE_DIR", "CUDA_CACHE_PATH", "NEO_CACHE_DIR", "MESA_SHADER_CACHE_DIR")) {
            File folder = cache.resolve(variable).toFile();
            folder.mkdirs();
            builder.environment().put(variable, folder.getPath());
        }
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.startsWith(WarmStartProbe.PREFIX))
                .mapToDouble(line -> Double.parseDouble(line.substring(WarmStartProbe.PREFIX.length())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "a fresh JVM should open " + device + " and print a time, but printed: " + text.strip()
                                + "; does bench/run --device " + device + " work?"));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
