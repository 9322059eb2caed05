package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.report.BarChart;
import io.github.attention4j.bench.report.BarChart.Bar;
import io.github.attention4j.bench.report.Html;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.run.EngineContender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The comparison for people: a page, and Markdown.
 *
 * @param machine where it ran
 * @param conditions how it was measured, in a few sentences
 * @param limits what the machine can do
 * @param results one for each shape
 */
public record PeerReport(Machine machine, List<String> conditions, Limits limits, List<PeerResult> results) {
    /** Writes {@code peers.html} into the folder, which is made; the file. */
    public Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("peers.html");
        Map<String, String> parts = Map.of(
                "summary", Html.paragraphs(conditions),
                "limits", Html.paragraphs(PeerTable.limits(limits)),
                "charts", results.stream().map(this::charts).collect(Collectors.joining()),
                "table", table(),
                "machine", Html.machine(machine));
        Files.writeString(file, Html.page("peers.html", parts));
        return file;
    }

    private String charts(PeerResult result) {
        return "<h3>" + Html.escape(PeerTable.title(result)) + "</h3>\n<div class=\"charts\">\n"
                + chart(result, "Rate", "GFLOP/s", "%.1f", PeerRow::gflops)
                + chart(result, "Share of the device's peak", "%", "%.0f", row -> 100 * limits.share(row))
                + chart(result, "Times the best peer", "x", "%.2f", result::overBestPeer)
                + chart(
                        result,
                        "Memory added",
                        "MB",
                        "%.1f",
                        row -> row.memory() < 0 ? Double.NaN : row.memory() * 1e-6)
                + "</div>\n";
    }

    private static String chart(
            PeerResult result, String title, String unit, String format, ToDoubleFunction<PeerRow> value) {
        List<PeerRow> rows = result.rows().stream()
                .filter(row -> row.isTimed() && !Double.isNaN(value.applyAsDouble(row)))
                .toList();
        if (rows.isEmpty()) {
            return "<p class=\"missing\">" + title + ": nothing was measured.</p>\n";
        }
        List<Bar> bars = rows.stream()
                .map(row -> new Bar(
                        row.kind().name(),
                        value.applyAsDouble(row),
                        "",
                        row.kind().name().startsWith(EngineContender.ENGINE)))
                .toList();
        return new BarChart(title, unit, bars, format).html();
    }

    private String table() {
        StringBuilder table = new StringBuilder("<table>\n<thead>" + Html.row("th", PeerTable.HEADER) + "</thead>\n");
        for (PeerResult result : results) {
            table.append("<tbody>\n").append(Html.groupRow(PeerTable.title(result), PeerTable.HEADER.size()));
            result.rows().forEach(row -> table.append(Html.row("td", PeerTable.cells(result, row, limits))));
            table.append("</tbody>\n");
        }
        return table.append("</table>\n").toString();
    }

    /** All of it but the pictures. */
    public String markdown() {
        StringBuilder text = new StringBuilder("# attention4j beside other libraries\n\n");
        machine.facts().forEach((name, value) -> text.append("- ")
                .append(name)
                .append(": ")
                .append(value)
                .append('\n'));
        PeerTable.limits(limits).forEach(line -> text.append("- ").append(line).append('\n'));
        text.append('\n');
        conditions.forEach(line -> text.append(line).append("\n\n"));
        results.forEach(result -> text.append(PeerTable.markdown(result, limits)));
        return text.toString().stripTrailing() + "\n";
    }
}
