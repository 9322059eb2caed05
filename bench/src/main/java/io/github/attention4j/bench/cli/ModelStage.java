package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.golden.Golden;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.examples.encoder.Chunks;
import io.github.attention4j.examples.encoder.Encoder;
import io.github.attention4j.examples.encoder.MiniLm;
import io.github.attention4j.examples.encoder.SentenceWeights;
import io.github.attention4j.examples.encoder.Weights;
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
record ModelStage(List<Case> problems, List<String> summary, Weights weights) {
    /** For runs without the model. */
    static final ModelStage NONE = new ModelStage(List.of(), List.of(), null);

    private static final String ROW = "  %-15s %15s %10s %15s %9s %13s";
    private static final String GOLDEN_COLUMN = " %14s"; // only where there is something to compare with

    /**
     * Runs it and prints one line for each engine.
     *
     * @param given the text, or null for a story that is brought along
     * @param shared the folder with embeddings of another implementation, or null
     */
    static ModelStage run(Path given, Path shared, Engines engines, Checks checks, PrintStream out) throws IOException {
        String text = given == null ? storyBroughtAlong() : Files.readString(given);
        MiniLm model = MiniLm.load();
        List<int[][]> batches = Chunks.of(model.tokenizer(), text, Encoder.POSITIONS);
        List<Golden> golden = golden(shared);
        List<String> summary = new ArrayList<>();
        summary.add("%s (%d layers) reads %s: %s."
                .formatted(
                        MiniLm.NAME,
                        model.encoder().layers(),
                        given == null ? "a story that the bench brings along" : given.getFileName(),
                        describe(batches)));
        String aboutGolden = aboutGolden(shared, golden);
        if (!aboutGolden.isEmpty()) {
            summary.add(aboutGolden);
        }
        summary.forEach(line -> out.println("\n" + line));
        ModelRun run = new ModelRun(model, batches, engines.reference(), checks);
        out.printf("%n" + ROW, "device", "attention error", "allowed", "embedding error", "seconds", "in attention");
        out.printf(golden.isEmpty() ? "%n" : GOLDEN_COLUMN + "%n", "golden error");
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
                "%.1e".formatted(outcome.worstLayer().allowed()),
                "%.1e".formatted(outcome.embeddingError()),
                "%.2f".formatted(outcome.seconds()),
                "%.2f".formatted(outcome.attentionSeconds()));
        out.printf(Double.isNaN(goldenError) ? "%n" : GOLDEN_COLUMN + "%n", "%.1e".formatted(goldenError));
    }

    /**
     * What was compared to another implementation's embeddings. They are not part of the project, so that nobody misses
     * them who names no folder.
     */
    static String aboutGolden(Path given, List<Golden> golden) {
        if (!golden.isEmpty()) {
            return "Embeddings are also compared to ONNX Runtime's, of the texts in "
                    + golden.stream().map(g -> g.folder().toString()).collect(Collectors.joining(" and ")) + ".";
        }
        return given == null
                ? ""
                : "NOT compared to another implementation's embeddings: there is no folder " + given.resolve("golden")
                        + " (--shared).";
    }

    private static List<Golden> golden(Path given) {
        Path shared = given != null ? given : Path.of(System.getProperty("bench.shared", "../shared"));
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
        try (InputStream in = ModelStage.class.getResourceAsStream("/io/github/attention4j/bench/text.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
