package io.github.attention4j.bench;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How much of a mode, for how long, and where its figures go. */
class RunOptions {
    private static final double QUICK_MINUTES = 2;

    @Option(names = "--quick", description = "Only a little of everything, to try it out.")
    boolean quick;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How many minutes it may take, instead of the mode's own (with --quick 2).")
    Double minutes;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures as JSON, too (--card does, into a file named after the device).")
    Path json;

    /** The minutes asked for, or what the mode takes otherwise. */
    double minutes(double otherwise) {
        return minutes != null ? minutes : quick ? QUICK_MINUTES : otherwise;
    }
}
