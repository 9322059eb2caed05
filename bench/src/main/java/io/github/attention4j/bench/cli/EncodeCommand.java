package io.github.attention4j.bench.cli;

import io.github.attention4j.examples.encoder.Encode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The example program of the encoder. */
@Command(
        name = "encode",
        sortOptions = false,
        usageHelpWidth = 110,
        abbreviateSynopsis = true,
        description = "Says how alike sentences are in meaning, by the encoder on the best device.")
final class EncodeCommand implements Callable<Integer> {
    @Mixin
    private final Help help = new Help();

    @Parameters(paramLabel = "SENTENCE", description = "Each in quotes (three are brought along).")
    private List<String> sentences = List.of();

    @Override
    public Integer call() {
        Encode.main(sentences.toArray(String[]::new));
        return 0;
    }
}
