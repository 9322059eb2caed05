package io.github.attention4j.bench.report;

import io.github.attention4j.bench.report.Charts.Bar;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.examples.encoder.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
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

    /** A row among those of its problem. */
    private record Line(Result result, Row row) {}

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
            String map = "<div class=\"scroll\">\n" + Charts.heatMap(weights) + "</div>\n";
            report.html("Where a sentence looks", ABOUT_WEIGHTS, map);
        }
        return report.table("All figures", ABOUT_TABLE, "results", table(results));
    }

    /** A line for each contender and shape, each problem's shapes under its name. */
    public static Table<?> table(List<Result> results) {
        Table<Line> table = new Table<Line>()
                .field("engine", line -> line.row().engine())
                .field("device", line -> line.row().device())
                .words("device", null, line -> device(line.row()))
                .words("kernel", "family", line -> line.row().family())
                .field("case", line -> line.row().problem())
                .words("shape", null, line -> Case.shape(line.row().spec()))
                .shape(line -> line.row().spec())
                .field("dtype", line -> "f32")
                .millis("median ms", "medianMs", line -> line.row().timing().median())
                .millis("min ms", "minMs", line -> line.row().timing().min())
                .millis("on device ms", null, line -> line.row().deviceMillis())
                .number("GFLOP/s", "gflops", "%.1f", line -> line.row().gflops())
                .number("of peak", null, "%.0f %%", line -> 100 * line.row().share())
                .number("vs java", null, "%.2fx", line -> orNaN(line.result().overJava(line.row())))
                .number("vs loops", null, "%.2fx", line -> orNaN(line.result().overLoops(line.row())))
                .number("max error", "maxError", "%.1e", line -> line.row().maxError());
        groups(results)
                .forEach((name, group) -> group.forEach(result -> table.add(
                        name,
                        result.rows().stream().map(row -> new Line(result, row)).toList())));
        return table;
    }

    private static double orNaN(OptionalDouble factor) {
        return factor.orElse(Double.NaN);
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
