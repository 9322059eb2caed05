package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.model.Generation;
import io.github.attention4j.transformer.internal.decoder.DecoderFiles;
import io.github.attention4j.transformer.internal.files.SafetensorsFile;
import io.github.attention4j.transformer.internal.text.TextStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** A small decoder goes on with a prompt, on each device; the first one's text is shown as it comes. */
record GenerateCommand(Arguments arguments) {
    private static final List<String> DEVICES = List.of("cpu:0", "java");
    private static final int TOKENS = 200;

    /** The exit status: 0, or 1 if the texts differ by more than rounding. */
    int run(PrintStream out) throws IOException {
        Path weights = arguments.path("--weights");
        DecoderFiles broughtAlong = Generation.broughtAlong();
        try (DecoderFiles decoder =
                weights == null ? broughtAlong : broughtAlong.withTensors(new SafetensorsFile(weights))) {
            return run(decoder, out);
        }
    }

    private int run(DecoderFiles decoder, PrintStream out) throws IOException {
        String prompt = arguments.others().get(0);
        int tokens = arguments.number("--tokens", TOKENS);
        int[] ids = decoder.tokenizer().encode(prompt);
        Generation.requireRoom(decoder, ids.length, tokens);
        List<Generation> generations = new ArrayList<>();
        try (Engines engines = Engines.open(arguments, DEVICES)) {
            TextStream text = new TextStream(decoder.tokenizer());
            out.print(prompt);
            for (AttentionEngine engine : engines.all()) {
                IntConsumer listener = generations.isEmpty() ? token -> show(text.add(token), out) : token -> {};
                generations.add(Generation.of(engine, decoder, ids, tokens, listener));
                if (generations.size() == 1) {
                    out.println(text.end() + "\n");
                }
            }
            GenerationReport report = new GenerationReport(ids.length, generations);
            out.println(report.table().text());
            report.comparisons().forEach(out::println);
            Output.writeJson(arguments, report.of(engines.machine()).json(), out);
            return report.allAgree() ? 0 : 1;
        }
    }

    private static void show(String text, PrintStream out) {
        out.print(text);
        out.flush();
    }
}
