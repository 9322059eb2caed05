package io.github.attention4j.bench.cli;

import io.github.attention4j.bench.jmh.JmhRun;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The JMH benchmarks. */
@Command(
        name = "jmh",
        sortOptions = false,
        usageHelpWidth = 110,
        abbreviateSynopsis = true,
        description = {
            "Runs the JMH benchmarks: calls (EngineBenchmark), what enqueueing and planning cost (EnqueueBenchmark, PlanBenchmark),"
                    + " and by their names StartBenchmark and MemoryBenchmark.",
            "Behind --, options of JMH: -- EngineBenchmark.enqueueAndFinish -p threads=1,2"
                    + " -p shape=1x16x16x512x512x64,1x16x16x1024x1024x64 -rf json"
        })
final class JmhCommand implements Callable<Integer> {
    @Mixin
    private final Help help = new Help();

    @Mixin
    private final DeviceChoice devices = new DeviceChoice();

    @Parameters(paramLabel = "-- JMH", description = "Options of JMH.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws Exception {
        JmhRun.run(devices.ids, arguments);
        return 0;
    }
}
