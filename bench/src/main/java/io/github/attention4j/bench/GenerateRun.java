package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.generate.GenerationReport;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.examples.decoder.Decoder;
import io.github.attention4j.examples.decoder.Generation;
import io.github.attention4j.examples.decoder.TextStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** A small decoder goes on with a prompt, on each device; the first one's text is shown as it comes. */
final class GenerateRun {
    private static final List<String> DEVICES = List.of("cpu:0", "java");

    private final String prompt;
    private final Bench.Input input;
    private final GenerateOptions options;
    private final Path json;

    GenerateRun(String prompt, Bench.Input input, GenerateOptions options, Path json) {
        this.prompt = prompt;
        this.input = input;
        this.options = options;
        this.json = json;
    }

    /** The exit status: 0, or 1 if the texts differ by more than rounding. */
    int run(PrintStream out) throws IOException {
        Decoder decoder = options.weights == null ? Decoder.broughtAlong() : Decoder.withWeights(options.weights);
        int[] tokens = decoder.tokenizer().encode(prompt);
        Generation.requireRoom(decoder, tokens.length, options.tokens());
        List<String> devices = input.devices.isEmpty() ? DEVICES : input.devices;
        List<Generation> generations = new ArrayList<>();
        try (Engines engines = Engines.open(devices, input.families)) {
            TextStream text = new TextStream(decoder.tokenizer());
            out.print(prompt);
            for (AttentionEngine engine : engines.all()) {
                IntConsumer listener = generations.isEmpty() ? token -> show(text.add(token), out) : token -> {};
                generations.add(Generation.of(engine, decoder, tokens, options.tokens(), Generation.CHUNK, listener));
                if (generations.size() == 1) {
                    out.println(text.end() + "\n");
                }
            }
            GenerationReport report = new GenerationReport(tokens.length, generations);
            out.println(report.table().text());
            report.comparisons().forEach(out::println);
            if (json != null) {
                Machine machine = engines.machine();
                JsonFile.write(json, report.of(machine).json());
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
