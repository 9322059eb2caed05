package io.github.attention4j.bench.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How much, for how long, and where the figures go: of commands that take a time. */
final class Extent {
    private static final double QUICK_MINUTES = 2;

    @Option(names = "--quick", description = "Only a little of everything, to try it out.")
    boolean quick;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How many minutes it may take, instead of the usual (with --quick 2).")
    Double minutes;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON.")
    Path json;

    /** The minutes asked for, or what it takes otherwise. */
    double minutes(double otherwise) {
        return minutes != null ? minutes : quick ? QUICK_MINUTES : otherwise;
    }
}
