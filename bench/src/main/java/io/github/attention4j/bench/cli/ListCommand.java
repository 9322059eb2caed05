package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The devices. */
@Command(name = "list", usageHelpWidth = 110, abbreviateSynopsis = true, description = "Lists the devices.")
final class ListCommand implements Callable<Integer> {
    @Mixin
    private final Help help = new Help();

    @Override
    public Integer call() {
        AttentionEngine.devices().forEach(device -> System.out.println(device.describe()));
        return 0;
    }
}
