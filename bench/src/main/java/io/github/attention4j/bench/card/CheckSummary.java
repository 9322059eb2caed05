package io.github.attention4j.bench.card;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.card.CheckResult.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What became of all checks, on few lines: counts, and each reason once. */
public final class CheckSummary {
    private static final int MOST_NAMES = 3;

    private final List<CheckResult> results;

    /** Of these. */
    public CheckSummary(List<CheckResult> results) {
        this.results = List.copyOf(results);
    }

    /** A line for each family: how many checks ended how. */
    public List<String> counts() {
        return results.stream()
                .map(CheckResult::family)
                .distinct()
                .map(family -> "%-8s %s".formatted(family, counts(family)))
                .toList();
    }

    private String counts(KernelFamily family) {
        Map<Outcome, Long> counts = results.stream()
                .filter(result -> result.family() == family)
                .collect(Collectors.groupingBy(CheckResult::outcome, TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(each -> each.getValue() + " "
                        + each.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
    }

    /** Why requests were not taken: a line for each family and reason. */
    public List<String> refusals() {
        return reasons(Outcome.UNSUPPORTED).toList();
    }

    /** What is to be mended: a line for each family and reason. Wrong answers have no reason, and so a line each. */
    public List<String> failures() {
        Stream<String> wrong = with(Outcome.WRONG).map(CheckResult::line);
        return Stream.concat(wrong, reasons(Outcome.FAILED)).toList();
    }

    private Stream<CheckResult> with(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome);
    }

    private Stream<String> reasons(Outcome outcome) {
        return with(outcome)
                .collect(Collectors.groupingBy(
                        result -> result.family() + RefusalReason.kind(RefusalReason.of(result.message())),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .values()
                .stream()
                .map(CheckSummary::line);
    }

    private static String line(List<CheckResult> group) {
        CheckResult first = group.get(0);
        String reason = RefusalReason.of(first.message());
        if (group.size() == 1) {
            return first.withMessage(reason).line();
        }
        String names = group.stream().limit(MOST_NAMES).map(CheckResult::name).collect(Collectors.joining(", "));
        return first.family() + ", " + group.size() + " requests (" + names
                + (group.size() > MOST_NAMES ? ", ..." : "") + "): "
                + (first.outcome() == Outcome.FAILED ? "FAILED: " : "not for this family: ") + reason;
    }
}
