package io.github.attention4j.bench.jmh;

import io.github.attention4j.Device;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Starts JMH on {@link EngineBenchmark}. */
public final class JmhRun {
    private JmhRun() {}

    /**
     * Runs the benchmarks on these devices (none: all but the reference, which nobody waits for); the exit status.
     *
     * @param arguments for JMH, such as {@code -f 3 -p shape=1x8x8x2048x2048x64}; they win over what is set here
     */
    public static int run(List<String> devices, List<String> arguments) throws RunnerException {
        CommandLineOptions given;
        try {
            given = new CommandLineOptions(arguments.toArray(String[]::new));
        } catch (CommandLineOptionException e) {
            throw new IllegalArgumentException("JMH does not understand " + arguments + ": " + e.getMessage(), e);
        }
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given);
        if (given.getIncludes().isEmpty()) {
            options.include(JmhRun.class.getPackageName());
        }
        if (!given.getParameter("device").hasValue()) {
            options.param("device", devices.isEmpty() ? allButReference() : devices.toArray(String[]::new));
        }
        new Runner(options.build()).run();
        return 0;
    }

    private static String[] allButReference() {
        return AttentionEngine.devices().stream()
                .map(Device::id)
                .filter(id -> !id.equals("reference"))
                .toArray(String[]::new);
    }
}
