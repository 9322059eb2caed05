package io.github.attention4j.bench;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.golden.Golden;
import io.github.attention4j.bench.model.Encoder;
import io.github.attention4j.bench.model.MiniLm;
import io.github.attention4j.bench.model.SentenceWeights;
import io.github.attention4j.bench.model.Weights;
import io.github.attention4j.bench.text.Chunks;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The first half of a full run: the encoder reads the text on every engine.
 *
 * @param problems what the model's first layer asks for, one for each shape
 * @param summary what was done, in sentences
 * @param weights the attention weights of the text's first sentence, or null
 */
record ModelStage(List<Problem> problems, List<String> summary, Weights weights) {
    /** For runs without the model. */
    static final ModelStage NONE = new ModelStage(List.of(), List.of(), null);

    private static final String ROW = "  %-15s %15s %10s %15s %14s %9s %13s%n";

    /** Runs it and prints one line for each engine. */
    static ModelStage run(Bench.Input input, Engines engines, Checks checks, PrintStream out) throws IOException {
        String text = input.text == null ? storyBroughtAlong() : Files.readString(input.text);
        MiniLm model = MiniLm.load();
        List<int[][]> batches = Chunks.of(model.tokenizer(), text, Encoder.POSITIONS);
        List<Golden> golden = golden(input.shared);
        List<String> summary = new ArrayList<>();
        summary.add("%s (%d layers) reads %s: %s."
                .formatted(
                        MiniLm.NAME,
                        model.encoder().layers(),
                        input.text == null ? "a story that the bench brings along" : input.text.getFileName(),
                        describe(batches)));
        summary.add(
                golden.isEmpty()
                        ? "NOT compared to another implementation's embeddings: there is no folder "
                                + input.shared.resolve("golden") + " (--shared)."
                        : "Embeddings are also compared to ONNX Runtime's, of the texts in "
                                + golden.stream()
                                        .map(g -> g.folder().toString())
                                        .collect(Collectors.joining(" and "))
                                + ".");
        summary.forEach(line -> out.println("\n" + line));
        ModelRun run = new ModelRun(model, batches, engines.reference(), checks);
        out.printf(
                "%n" + ROW,
                "device",
                "attention error",
                "allowed",
                "embedding error",
                "golden error",
                "seconds",
                "in attention");
        for (AttentionEngine engine : engines.all()) {
            printRow(run.run(engine), run.runGolden(engine, golden), out);
        }
        return new ModelStage(run.problems(), summary, SentenceWeights.of(model, text, engines.reference()));
    }

    private static void printRow(ModelRun.Outcome outcome, double goldenError, PrintStream out) {
        out.printf(
                ROW,
                outcome.device(),
                "%.1e".formatted(outcome.worstLayer().error()),
                "%.1e".formatted(outcome.worstLayer().budget()),
                "%.1e".formatted(outcome.embeddingError()),
                Double.isNaN(goldenError) ? "-" : "%.1e".formatted(goldenError),
                "%.2f".formatted(outcome.seconds()),
                "%.2f".formatted(outcome.attentionSeconds()));
    }

    private static List<Golden> golden(Path shared) {
        return ModelRun.GOLDEN.stream()
                .map(name -> Golden.of(shared, name))
                .filter(Golden::isPresent)
                .toList();
    }

    private static String describe(List<int[][]> batches) {
        long tokens =
                batches.stream().mapToLong(b -> (long) b.length * b[0].length).sum();
        return tokens + " tokens in "
                + batches.stream().map(b -> b.length + " x " + b[0].length).collect(Collectors.joining(" and "));
    }

    private static String storyBroughtAlong() throws IOException {
        try (InputStream in = ModelStage.class.getResourceAsStream("text.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
