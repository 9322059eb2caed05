package io.github.attention4j.bench.cli;

import picocli.CommandLine.Option;

/** The option of every command. */
final class Help {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean isAsked;
}
