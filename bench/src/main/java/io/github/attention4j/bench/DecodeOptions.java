package io.github.attention4j.bench;

import picocli.CommandLine.Option;

/** What {@code --decode} can be told. */
final class DecodeOptions {
    private static final int STEPS = 2000;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Steps of the long run on recycled pages, which shows whether anything grows (2000).")
    private Integer steps;

    int steps() {
        return steps != null ? steps : STEPS;
    }
}
