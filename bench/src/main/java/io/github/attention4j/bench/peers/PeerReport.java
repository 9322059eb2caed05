package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.report.Charts;
import io.github.attention4j.bench.report.Charts.Bar;
import io.github.attention4j.bench.report.Html;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Table;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The comparison with other libraries as a report. */
public final class PeerReport {
    private static final String ABOUT_SHAPES =
            "Shapes are batch x heads/kvHeads x queryLength x keyLength x headDim. FLOPs of a causal call count only the pairs that its mask leaves.";

    private PeerReport() {}

    /** A row among those of its shape. */
    private record Line(PeerResult result, PeerRow row) {}

    /**
     * All of it.
     *
     * @param conditions how it was measured, in a few sentences
     * @param limits what the machine can do
     * @param results one for each shape
     */
    public static Report of(Machine machine, List<String> conditions, Limits limits, List<PeerResult> results) {
        String charts = results.stream().map(result -> charts(result, limits)).collect(Collectors.joining());
        Table<Line> table = table(limits);
        results.forEach(result -> table.add(result.shape(), lines(result)));
        return new Report(machine, "attention4j beside other libraries")
                .summary(limits.lines())
                .summary(conditions)
                .html("Each shape", ABOUT_SHAPES, charts)
                .table("All figures", "", "results", table)
                .field("machine", machine.facts())
                .field("conditions", conditions)
                .field("limits", limits.json());
    }

    /** One shape, for a console. */
    public static String text(PeerResult result, Limits limits) {
        return result.shape() + "\n" + table(limits).add(lines(result)).text();
    }

    private static List<Line> lines(PeerResult result) {
        return result.rows().stream().map(row -> new Line(result, row)).toList();
    }

    private static Table<Line> table(Limits limits) {
        return new Table<Line>()
                .words("contender", "contender", line -> line.row().kind().name())
                .field("version", line -> line.row().version())
                .words("what runs", "way", line -> line.row().way())
                .field("status", line -> line.row().status().toString())
                .field("reason", line -> line.row().reason())
                .field("shape", line -> line.result().shape())
                .shape(line -> line.row().spec())
                .millis("median ms", "medianMs", line -> line.row().samples().medianMillis())
                .field("minMs", line -> line.row().samples().minMillis())
                .number("GFLOP/s", "gflops", "%.1f", line -> line.row().gflops())
                .number("of peak", null, "%.0f %%", line -> 100 * limits.share(line.row()))
                .field("shareOfPeak", line -> limits.share(line.row()))
                .number("x best peer", "overBestPeer", "%.2f", line -> line.result()
                        .overBestPeer(line.row()))
                .number("added MB", null, "%.1f", line -> line.row().megabytes())
                .field(
                        "addedBytes",
                        line -> line.row().memory() < 0 ? null : line.row().memory())
                .text("processors", null, line -> line.row().isTimed() ? processors(line.row()) : "-")
                .text("starved", null, line -> line.row().isTimed() ? starved(line.row()) : "-")
                .number("max error", "maxError", "%.1e", line -> line.row().error())
                .field(
                        "allowedError",
                        line -> line.row().verdict() == null
                                ? null
                                : line.row().verdict().allowed())
                .field("samples", line -> line.row().samples().json())
                .words("", null, line -> line.row().note());
    }

    private static String processors(PeerRow row) {
        return Table.number("%.2f", row.samples().mostProcessors());
    }

    private static String starved(PeerRow row) {
        return row.samples().starved() + " of " + row.samples().all().size();
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
