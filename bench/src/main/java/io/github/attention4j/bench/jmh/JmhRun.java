package io.github.attention4j.bench.jmh;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Starts JMH on the benchmarks of this package. */
public final class JmhRun {
    private static final int FRESH_JVMS = 5;

    private JmhRun() {}

    /**
     * Runs {@link EngineBenchmark}, {@link EnqueueBenchmark} and {@link PlanBenchmark}, or those that the arguments
     * name.
     *
     * @param devices ids; none for all but the reference, which nobody waits for
     * @param arguments for JMH, such as {@code -f 3 -p shape=1x8x8x2048x2048x64}; they win over what is set here
     */
    public static void run(List<String> devices, List<String> arguments) throws RunnerException {
        ChainedOptionsBuilder options = options(devices, arguments);
        if (given(arguments).getIncludes().isEmpty()) {
            options.include(EngineBenchmark.class.getName())
                    .include(EnqueueBenchmark.class.getName())
                    .include(PlanBenchmark.class.getName());
        }
        new Runner(options.build()).run();
    }

    /**
     * Start-up in fresh JVMs, with an empty program cache and with the one that this leaves behind, and what a long
     * call takes.
     *
     * @param lengths queries and keys of the long calls
     */
    public static void memory(List<String> devices, List<String> lengths) throws RunnerException, IOException {
        Path cache = Files.createTempDirectory("attention4j-start");
        for (int jvms : new int[] {1, FRESH_JVMS}) {
            System.out.println("\nThe program cache is " + (jvms == 1 ? "empty." : "filled."));
            new Runner(options(devices, List.of())
                            .include(StartBenchmark.class.getName())
                            .param("cache", cache.toString())
                            .forks(jvms)
                            .build())
                    .run();
        }
        new Runner(options(devices, List.of())
                        .include(MemoryBenchmark.class.getName())
                        .param("length", lengths.toArray(String[]::new))
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
    }

    private static ChainedOptionsBuilder options(List<String> devices, List<String> arguments) {
        CommandLineOptions given = given(arguments);
        ChainedOptionsBuilder options = new OptionsBuilder().parent(given);
        if (!given.getParameter("device").hasValue()) {
            options.param("device", devices.isEmpty() ? allButReference() : devices.toArray(String[]::new));
        }
        return options;
    }

    private static CommandLineOptions given(List<String> arguments) {
        try {
            return new CommandLineOptions(arguments.toArray(String[]::new));
        } catch (CommandLineOptionException e) {
            throw new IllegalArgumentException("JMH does not understand " + arguments + ": " + e.getMessage(), e);
        }
    }

    private static String[] allButReference() {
        return AttentionEngine.devices().stream()
                .map(Device::id)
                .filter(id -> !id.equals("reference"))
                .toArray(String[]::new);
    }
}
