package io.github.attention4j.bench.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.TextTable;
import io.github.attention4j.examples.decoder.Generation;
import java.util.List;

/**
 * How several devices went on with one prompt: how fast, and whether with the same text.
 *
 * @param promptTokens tokens of the prompt
 * @param generations one at least
 */
public record GenerationReport(int promptTokens, List<Generation> generations) {
    /** A line for each device. */
    public TextTable table() {
        return new TextTable(
                List.of(
                        "device",
                        "prompt tokens",
                        "prompt s",
                        "in attention",
                        "new tokens",
                        "tokens/s",
                        "in attention"),
                1,
                generations.stream()
                        .map(g -> List.of(
                                g.device(),
                                "" + promptTokens,
                                "%.2f".formatted(g.promptSeconds()),
                                percent(g.promptAttentionSeconds(), g.promptSeconds()),
                                "" + g.choices().size(),
                                "%.1f".formatted(g.tokensPerSecond()),
                                percent(g.attentionSeconds(), g.seconds())))
                        .toList());
    }

    private static String percent(double part, double whole) {
        return "%.0f %%".formatted(100 * part / whole);
    }

    /** Whether all texts are the first one's, but for rounding. */
    public boolean allAgree() {
        return others().stream().allMatch(generations.get(0)::agreesWith);
    }

    private List<Generation> others() {
        return generations.subList(1, generations.size());
    }

    /** A sentence for each device but the first. */
    public List<String> comparisons() {
        return others().stream().map(this::comparison).toList();
    }

    private String comparison(Generation other) {
        Generation first = generations.get(0);
        int common = first.common(other);
        String both = first.device() + " and " + other.device();
        if (common == first.choices().size() && common == other.choices().size()) {
            return "The texts of " + both + " agree, all " + common + " tokens.";
        }
        if (common == first.choices().size()) {
            return "The texts of " + both + " agree in " + common + " tokens; then only the first ends: this is WRONG.";
        }
        return "The texts of %s agree in %d tokens; then the two best tokens have scores only %.1g apart: %s."
                .formatted(
                        both,
                        common,
                        first.choices().get(common).lead(),
                        first.agreesWith(other)
                                ? "rounding decides"
                                : "this is WRONG, for rounding does not explain it");
    }

    /** The figures. */
    public ObjectNode json(Machine machine) {
        ObjectNode root = JsonFile.head(machine);
        root.put("promptTokens", promptTokens);
        ArrayNode rows = root.putArray("generations");
        for (Generation generation : generations) {
            ObjectNode row = rows.addObject();
            row.put("device", generation.device());
            row.put("tokens", generation.choices().size());
            row.put("promptSeconds", generation.promptSeconds());
            row.put("promptAttentionSeconds", generation.promptAttentionSeconds());
            row.put("seconds", generation.seconds());
            row.put("attentionSeconds", generation.attentionSeconds());
            row.put("tokensPerSecond", generation.tokensPerSecond());
            row.put("tokensLikeTheFirst", generations.get(0).common(generation));
        }
        return root;
    }
}
