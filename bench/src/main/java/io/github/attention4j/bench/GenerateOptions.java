package io.github.attention4j.bench;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What {@code --generate} can be told. */
final class GenerateOptions {
    private static final int TOKENS = 200;

    @Option(names = "--tokens", paramLabel = "N", description = "How many tokens at most (200).")
    Integer tokens;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Other weights of the same model, .safetensors (those in f16 that the bench brings along).")
    Path weights;

    int tokens() {
        return tokens != null ? tokens : TOKENS;
    }
}
