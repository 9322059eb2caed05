package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.generate.GenerationReport;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.examples.decoder.Decoder;
import io.github.attention4j.examples.decoder.Generation;
import io.github.attention4j.examples.decoder.TextStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A small decoder goes on with a prompt, on each device; the first one's text is shown as it comes. */
@Command(
        name = "generate",
        sortOptions = false,
        usageHelpWidth = 110,
        abbreviateSynopsis = true,
        description =
                "Goes on with a text: a small decoder, its keys and values in a cache on each --device (cpu:0,java), and whether all"
                        + " write the same.")
final class GenerateCommand implements Callable<Integer> {
    private static final List<String> DEVICES = List.of("cpu:0", "java");

    @Mixin
    private final Help help = new Help();

    @Parameters(paramLabel = "PROMPT", description = "The text.")
    private String prompt;

    @Mixin
    private final EngineChoice engines = new EngineChoice();

    @Option(names = "--tokens", paramLabel = "N", description = "How many tokens at most (200).")
    private int tokens = 200;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Other weights of the same model, .safetensors (those in f16 that the bench brings along).")
    private Path weights;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON.")
    private Path json;

    @Override
    public Integer call() throws IOException {
        return run(System.out);
    }

    /** The exit status: 0, or 1 if the texts differ by more than rounding. */
    private int run(PrintStream out) throws IOException {
        Decoder decoder = weights == null ? Decoder.broughtAlong() : Decoder.withWeights(weights);
        int[] ids = decoder.tokenizer().encode(prompt);
        Generation.requireRoom(decoder, ids.length, tokens);
        List<Generation> generations = new ArrayList<>();
        try (Engines opened = engines.open(DEVICES)) {
            TextStream text = new TextStream(decoder.tokenizer());
            out.print(prompt);
            for (AttentionEngine engine : opened.all()) {
                IntConsumer listener = generations.isEmpty() ? token -> show(text.add(token), out) : token -> {};
                generations.add(Generation.of(engine, decoder, ids, tokens, Generation.CHUNK, listener));
                if (generations.size() == 1) {
                    out.println(text.end() + "\n");
                }
            }
            GenerationReport report = new GenerationReport(ids.length, generations);
            out.println(report.table().text());
            report.comparisons().forEach(out::println);
            if (json != null) {
                JsonFile.write(json, report.of(opened.machine()).json());
                out.println(json + " has the figures.");
            }
            return report.allAgree() ? 0 : 1;
        }
    }

    private static void show(String text, PrintStream out) {
        out.print(text);
        out.flush();
    }
}
