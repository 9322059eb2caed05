package io.github.attention4j.bench.cli;

import io.github.attention4j.bench.jmh.JmhRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Start-up and memory of each device, in fresh JVMs. */
@Command(
        name = "memory",
        sortOptions = false,
        usageHelpWidth = 110,
        abbreviateSynopsis = true,
        description =
                "In fresh JVMs, by JMH: start-up with an empty and with a filled program cache, and the time and memory of a call"
                        + " with 16,384 queries and keys, on --device (all).")
final class MemoryCommand implements Callable<Integer> {
    @Mixin
    private final Help help = new Help();

    @Mixin
    private final DeviceChoice devices = new DeviceChoice();

    @Option(names = "--full", description = "A call with 131,072 queries and keys, too.")
    private boolean full;

    @Override
    public Integer call() throws Exception {
        JmhRun.memory(devices.ids, full ? new String[] {"16384", "131072"} : new String[] {"16384"});
        return 0;
    }
}
