package io.github.attention4j.bench.cli;

import io.github.attention4j.bench.model.Generation;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import java.util.List;

/**
 * How several devices went on with one prompt: how fast, and whether with the same text.
 *
 * @param promptTokens tokens of the prompt
 * @param generations one at least
 */
record GenerationReport(int promptTokens, List<Generation> generations) {
    /** A line for each device. */
    Table<Generation> table() {
        return new Table<Generation>()
                .words("device", "device", Generation::device)
                .text("prompt tokens", null, g -> "" + promptTokens)
                .number("prompt s", "promptSeconds", "%.2f", Generation::promptSeconds)
                .text("new tokens", null, g -> "" + g.choices().size())
                .field("tokens", g -> g.choices().size())
                .field("seconds", Generation::seconds)
                .number("tokens/s", "tokensPerSecond", "%.1f", Generation::tokensPerSecond)
                .field("tokensLikeTheFirst", g -> generations.get(0).common(g))
                .add(generations);
    }

    /** Whether all texts are the first one's, but for rounding. */
    boolean allAgree() {
        return others().stream().allMatch(generations.get(0)::agreesWith);
    }

    private List<Generation> others() {
        return generations.subList(1, generations.size());
    }

    /** A sentence for each device but the first. */
    List<String> comparisons() {
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
    Report of(Machine machine) {
        return new Report(machine, "Text from a small decoder")
                .summary(comparisons())
                .field("promptTokens", promptTokens)
                .table("Devices", "", "generations", table());
    }
}
