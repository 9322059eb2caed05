package io.github.attention4j.bench.report;

import io.github.attention4j.bench.model.Weights;
import io.github.attention4j.bench.report.Charts.Bar;
import io.github.attention4j.bench.run.Case;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** How fast contenders were beside one another, as a table and in charts. */
public final class ComparisonReport {
    private static final String ABOUT_CHARTS =
            "Longer is faster. Medians of calls through the Java API on tensors that are already on the device, all contenders in turns. Shapes are"
                    + " batch x heads/kvHeads x queryLength x keyLength x headDim. The engine's bars are coloured, those of others grey. The word behind"
                    + " its device names the kernels that ran: LANES and DECODE are for processors, TILES, MATRIX and DECODE for GPUs. \"Of peak\" is the"
                    + " share of what multiply-adds in 32-bit floats alone reached on that device in this run; kernels that multiply in 16 bits can exceed it.";
    private static final String ABOUT_WEIGHTS =
            "Each row shows where one token looks; it sums to 1. Of all heads this is the one whose words look most at other words, each at its own,"
                    + " beyond their neighbours.";
    private static final String ABOUT_TABLE =
            "Every answer was checked before it was timed. GFLOP/s counts 4 x batch x heads x queryLength x keyLength x headDim operations, of a causal"
                    + " mask only the pairs it leaves. \"vs java\" and \"vs loops\" say how many times faster than the pure-Java engine and than plain"
                    + " multi-threaded loops. \"Median ms\" and \"min ms\" are of calls as Java sees them; \"on device ms\" is the median of other calls, by the"
                    + " device's own clock, one after another.";

    private ComparisonReport() {}

    /**
     * All of it.
     *
     * @param summary what was checked, in a few sentences
     * @param weights a sentence's attention weights, or null
     */
    public static Report of(Machine machine, List<String> summary, List<Result> results, Weights weights) {
        Report report = new Report(machine, "attention4j bench").summary(summary);
        report.html("Speed by device", ABOUT_CHARTS, charts(results));
        if (weights != null) {
            List<String> tokens = List.of(weights.tokens());
            String title = weights.title() + ": rows are the tokens that look, columns those that are looked at";
            String map = Charts.heatMap(
                    title, tokens, tokens, (row, column) -> weights.matrix()[row * tokens.size() + column]);
            report.html("Where a sentence looks", ABOUT_WEIGHTS, "<div class=\"scroll\">\n" + map + "</div>\n");
        }
        return report.table("All figures", ABOUT_TABLE, "results", table(results));
    }

    /** A line for each contender and shape, each problem's shapes under its name. */
    public static Table<?> table(List<Result> results) {
        Table<Row> table = new Table<Row>()
                .field("engine", Row::engine)
                .field("device", Row::device)
                .words("device", null, ComparisonReport::device)
                .words("kernel", "family", Row::family)
                .field("case", Row::problem)
                .words("shape", null, row -> Case.shape(row.spec()))
                .shape(Row::spec)
                .field("dtype", row -> "f32")
                .millis("median ms", "medianMs", row -> row.timing().median())
                .millis("min ms", "minMs", row -> row.timing().min())
                .millis("on device ms", null, Row::deviceMillis)
                .number("GFLOP/s", "gflops", "%.1f", Row::gflops)
                .number("of peak", null, "%.0f %%", row -> 100 * row.share())
                .number("vs java", null, "%.2fx", row -> over(results, row, Result::overJava))
                .number("vs loops", null, "%.2fx", row -> over(results, row, Result::overLoops))
                .number("max error", "maxError", "%.1e", Row::maxError);
        groups(results).forEach((name, group) -> group.forEach(result -> table.add(name, result.rows())));
        return table;
    }

    private static double over(List<Result> results, Row row, BiFunction<Result, Row, OptionalDouble> factor) {
        Result own = results.stream()
                .filter(result -> result.rows().contains(row))
                .findFirst()
                .orElseThrow();
        return factor.apply(own, row).orElse(Double.NaN);
    }

    private static String device(Row row) {
        return row.isOurs() ? row.device() : row.device() + " (" + row.engine() + ")";
    }

    /** The results by the name of their problem, in the order in which the names come first. */
    private static Map<String, List<Result>> groups(List<Result> results) {
        return results.stream()
                .collect(Collectors.groupingBy(Result::problem, LinkedHashMap::new, Collectors.toList()));
    }

    private static String charts(List<Result> results) {
        return groups(results).entrySet().stream()
                .map(group -> "<h3>" + Html.escape(group.getKey()) + "</h3>\n<div class=\"charts\">\n"
                        + group.getValue().stream().map(ComparisonReport::chart).collect(Collectors.joining())
                        + "</div>\n")
                .collect(Collectors.joining());
    }

    /** How fast each contender was on one problem, as bars. */
    static String chart(Result result) {
        List<Bar> bars = result.rows().stream()
                .map(row -> new Bar(
                        label(row),
                        row.gflops(),
                        Double.isNaN(row.share()) ? "" : Table.number("%.0f %% of peak", 100 * row.share()),
                        row.isOurs()))
                .toList();
        return Charts.bars(Case.shape(result.rows().get(0).spec()), "GFLOP/s", "%.1f", bars);
    }

    private static String label(Row row) {
        if (!row.isOurs()) {
            return row.engine();
        }
        String family = row.device().equals(row.family()) ? "" : " " + row.family();
        return row.engine() + " " + row.device() + family;
    }
}
