package io.github.attention4j.bench.cli;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.bench.embed.EmbedKind;
import io.github.attention4j.bench.embed.EmbedRow;
import io.github.attention4j.bench.embed.EmbedRun;
import io.github.attention4j.bench.embed.LinearRates;
import io.github.attention4j.bench.embed.LinearRow;
import io.github.attention4j.bench.embed.Sentences;
import io.github.attention4j.bench.peers.Limits;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Texts to embeddings beside other libraries for Java, and what linear layers reach of the machine. */
final class EmbedCommand {
    private static final List<String> DEVICES = List.of("cpu:0");
    private static final int TEXTS = 2000;
    private static final int QUICK_TEXTS = 200;
    private static final int ROUNDS = 3;
    /** Tokens of the text that is embedded alone. */
    private static final int ONE_TEXT_TOKENS = 16;

    private final Arguments arguments;
    private final boolean quick;
    private final List<DType> types = List.of(DType.F32, DType.BF16);

    EmbedCommand(Arguments arguments) {
        this.arguments = arguments;
        quick = arguments.has("--quick");
    }

    /** The exit status: 0, or 1 if an answer was wrong. */
    int run(PrintStream out) throws IOException {
        String model = arguments.has("--model") ? arguments.text("--model").toLowerCase(Locale.ROOT) : "minilm";
        List<String> texts = new ArrayList<>(Sentences.of(Sentences.WORDNET, quick ? QUICK_TEXTS : TEXTS));
        long tokens = countAndSort(texts);
        try (Engines engines = Engines.open(arguments, DEVICES)) {
            Machine machine = engines.machine();
            machine.print(out);
            List<String> ids = engines.all().stream().map(e -> e.device().id()).toList();
            Limits limits = new Limits();
            limits.measure(List.of(Limits.PROCESSOR));
            limits.lines().forEach(line -> out.println("  " + line));
            List<LinearRow> layers = linear(engines.all(), limits, out);
            List<EmbedRow> rows = embeddings(chosen(EmbedKind.all(ids, model)), texts, tokens, out);
            long wrong = layers.stream().filter(row -> !row.isRight()).count()
                    + rows.stream().filter(row -> !row.isRight()).count();
            List<String> summary = new ArrayList<>(limits.lines());
            summary.add(texts.size() + " definitions from WordNet, " + tokens
                    + " tokens; each contender in a process of"
                    + " its own with 512 MB for Java's objects, in turns; medians of " + rounds()
                    + " rounds. The text alone has " + ONE_TEXT_TOKENS
                    + " tokens.");
            summary.add(wrong == 0 ? "Every answer was right." : wrong + " answers were WRONG.");
            Report report = new Report(machine, "Texts to embeddings")
                    .summary(summary)
                    .table("Embeddings, " + model, "", "embeddings", EmbedRow.table(rows, tokens))
                    .table("Linear layers", "", "linear", LinearRow.table(layers));
            Output.write(arguments, report, "embed.html", out);
            summary.forEach(out::println);
            return wrong == 0 ? 0 : 1;
        }
    }

    /** Those whose names contain one of the words asked for, or all. */
    private List<EmbedKind> chosen(List<EmbedKind> all) {
        List<String> only = arguments.texts("--only");
        return all.stream()
                .filter(kind -> only.isEmpty() || only.stream().anyMatch(kind.name()::contains))
                .toList();
    }

    private int rounds() {
        return arguments.number("--rounds", quick ? 1 : ROUNDS);
    }

    /** Puts a text of the right length first; how many tokens all have. */
    private static long countAndSort(List<String> texts) {
        long tokens = 0;
        int first = 0;
        try (TextEncoder encoder = TextEncoder.open(
                EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults().withDevice("java"))) {
            for (int i = 0; i < texts.size(); i++) {
                int count = encoder.countTokens(texts.get(i));
                tokens += count;
                first = first == 0 && count == ONE_TEXT_TOKENS ? i : first;
            }
        }
        Collections.swap(texts, 0, first);
        return tokens;
    }

    private List<LinearRow> linear(List<AttentionEngine> engines, Limits limits, PrintStream out) {
        List<LinearRow> rows = new ArrayList<>();
        int count = LinearRates.count(types, quick) * engines.size();
        try (Progress progress = new Progress("checking and timing layers", count)) {
            for (AttentionEngine engine : engines) {
                Limits.Limit limit = limits.byDevice().get(Limits.PROCESSOR);
                double peak = limit == null || engine.device().id().startsWith("gpu") ? Double.NaN : limit.gflops();
                rows.addAll(LinearRates.measure(engine, types, peak, Output.rounds(arguments), quick, progress::step));
            }
        }
        out.print("\n" + LinearRow.table(rows).text());
        return rows;
    }

    private List<EmbedRow> embeddings(List<EmbedKind> kinds, List<String> texts, long tokens, PrintStream out)
            throws IOException {
        try (Progress progress = new Progress("checking and timing encoders", EmbedRun.steps(kinds.size(), rounds()));
                EmbedRun run = new EmbedRun(progress::step)) {
            List<EmbedRow> rows = run.run(kinds, texts, rounds());
            out.print("\n" + EmbedRow.table(rows, tokens).text());
            return rows;
        }
    }
}
