package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.report.Charts;
import io.github.attention4j.bench.report.Charts.Bar;
import io.github.attention4j.bench.report.Html;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Pass;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The comparison with other libraries as a report. */
public final class PeerReport {
    private static final String ABOUT_SHAPES =
            "Shapes are batch x heads/kvHeads x queryLength x keyLength x headDim. FLOPs of a causal call count only the pairs that its mask leaves.";

    private PeerReport() {}

    /**
     * All of it.
     *
     * @param conditions how it was measured, in a few sentences
     * @param limits what the machine can do
     * @param results one for each shape
     */
    public static Report of(Machine machine, List<String> conditions, Limits limits, List<PeerResult> results) {
        String charts = results.stream().map(result -> charts(result, limits)).collect(Collectors.joining());
        Table<PeerRow> table = table(limits, results);
        results.forEach(result -> table.add(result.shape(), result.rows()));
        return new Report(machine, "attention4j beside other libraries" + passes(results))
                .summary(limits.lines())
                .summary(conditions)
                .html("Each shape", ABOUT_SHAPES, charts)
                .table("All figures", "", "results", table)
                .field("machine", machine.facts())
                .field("conditions", conditions)
                .field("limits", limits.json());
    }

    private static String passes(List<PeerResult> results) {
        boolean hasGradients = results.stream().anyMatch(PeerReport::hasGradients);
        return hasGradients ? ": " + Pass.BOTH : "";
    }

    private static boolean hasGradients(PeerResult result) {
        return result.rows().stream().anyMatch(row -> row.kind().pass().hasGradients());
    }

    /** One shape, for a console. */
    public static String text(PeerResult result, Limits limits) {
        return result.shape() + "\n"
                + table(limits, List.of(result)).add(result.rows()).text();
    }

    private static Table<PeerRow> table(Limits limits, List<PeerResult> results) {
        ToDoubleFunction<PeerRow> overBestPeer = row -> results.stream()
                .filter(result -> result.rows().contains(row))
                .mapToDouble(result -> result.overBestPeer(row))
                .findFirst()
                .orElse(Double.NaN);
        Table<PeerRow> table = new Table<PeerRow>()
                .words("contender", "contender", row -> row.kind().name());
        if (results.stream().anyMatch(PeerReport::hasGradients)) {
            table.words("pass", "pass", row -> row.kind().pass().toString());
        }
        return table.field("version", PeerRow::version)
                .words("what runs", "way", PeerRow::way)
                .field("status", row -> row.status().toString())
                .field("reason", PeerRow::reason)
                .field("shape", row -> Case.shape(row.spec()))
                .shape(PeerRow::spec)
                .millis("median ms", "medianMs", row -> row.samples().medianMillis())
                .field("minMs", row -> row.samples().minMillis())
                .number("GFLOP/s", "gflops", "%.1f", PeerRow::gflops)
                .number("of peak", null, "%.0f %%", row -> 100 * limits.share(row))
                .field("shareOfPeak", limits::share)
                .number("x best peer", "overBestPeer", "%.2f", overBestPeer)
                .number("added MB", null, "%.1f", PeerRow::megabytes)
                .field("addedBytes", row -> row.memory() < 0 ? null : row.memory())
                .number(
                        "processors",
                        null,
                        "%.2f",
                        row -> row.isTimed() ? row.samples().mostProcessors() : Double.NaN)
                .text("starved", null, row -> row.isTimed() ? row.samples().starvedOfAll() : "-")
                .number("max error", "maxError", "%.1e", PeerRow::error)
                .field(
                        "allowedError",
                        row -> row.verdict() == null ? null : row.verdict().allowed())
                .field("samples", row -> row.samples().json())
                .words("", null, PeerRow::note);
    }

    private static String charts(PeerResult result, Limits limits) {
        return "<h3>" + Html.escape(result.shape()) + "</h3>\n<div class=\"charts\">\n"
                + chart(result, "Rate", "GFLOP/s", "%.1f", PeerRow::gflops)
                + chart(result, "Share of the device's peak", "%", "%.0f", row -> 100 * limits.share(row))
                + chart(result, "Times the best peer", "x", "%.2f", result::overBestPeer)
                + chart(result, "Memory added", "MB", "%.1f", PeerRow::megabytes)
                + "</div>\n";
    }

    private static String chart(
            PeerResult result, String title, String unit, String format, ToDoubleFunction<PeerRow> value) {
        List<Bar> bars = result.rows().stream()
                .filter(row -> row.isTimed() && !Double.isNaN(value.applyAsDouble(row)))
                .map(row -> new Bar(
                        row.kind().name(),
                        value.applyAsDouble(row),
                        "",
                        row.kind().isEngine()))
                .toList();
        return bars.isEmpty()
                ? "<p class=\"missing\">" + title + ": nothing was measured.</p>\n"
                : Charts.bars(title, unit, format, bars);
    }
}
