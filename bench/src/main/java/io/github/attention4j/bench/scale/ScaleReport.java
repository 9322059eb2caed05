package io.github.attention4j.bench.scale;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.report.Html;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.LineChart;
import io.github.attention4j.bench.report.LineChart.Curve;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.TextTable;
import io.github.attention4j.bench.scale.ScaleRow.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How the rate changes with size: table, page and JSON. */
public final class ScaleReport {
    private static final int FROM_LENGTH = 512;

    private final Machine machine;
    private final List<ScaleRow> rows;

    /** Of these points. */
    public ScaleReport(Machine machine, List<ScaleRow> rows) {
        this.machine = machine;
        this.rows = rows;
    }

    /** A line for each point. */
    public TextTable table() {
        return new TextTable(
                List.of(
                        "device",
                        "varies",
                        "shape",
                        "threads",
                        "median ms",
                        "GFLOP/s",
                        "ps a pair and column",
                        "max error"),
                3,
                rows.stream()
                        .map(row -> List.of(
                                row.device(),
                                row.series().name().toLowerCase(Locale.ROOT),
                                Problem.shape(row.spec()),
                                row.threads() == 0 ? "all" : "" + row.threads(),
                                number(row.millis() < 1 ? "%.4f" : "%.2f", row.millis()),
                                number("%.1f", row.gflops()),
                                number("%.2f", row.millis() / row.work() * 1e9),
                                number("%.1e", row.error())))
                        .toList());
    }

    /** The law of each curve over length, in words. */
    public List<String> laws() {
        return curves(Series.LENGTH).entrySet().stream()
                .filter(curve -> curve.getValue().size() > 1)
                .map(curve -> {
                    Fit fit = Fit.of(curve.getValue());
                    return curve.getKey() + ": " + fit.text()
                            + number(
                                    ". From " + FROM_LENGTH + " keys on no call is further from that than %.1f %%.",
                                    100 * fit.deviation(curve.getValue(), FROM_LENGTH));
                })
                .toList();
    }

    private Map<String, List<ScaleRow>> curves(Series series) {
        return rows.stream()
                .filter(row -> row.series() == series)
                .collect(Collectors.groupingBy(ScaleRow::curve, LinkedHashMap::new, Collectors.toList()));
    }

    /** Writes {@code scaling.html} into the folder, which is made; the file. */
    public Path write(Path folder, List<String> summary) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("scaling.html");
        Map<String, String> parts = Map.of(
                "summary",
                Html.paragraphs(summary),
                "charts",
                charts(),
                "table",
                table().html(),
                "machine",
                Html.machine(machine));
        Files.writeString(file, Html.page("scaling.html", parts));
        return file;
    }

    private String charts() {
        StringBuilder charts = new StringBuilder("<div class=\"charts\">\n");
        for (Series series : Series.values()) {
            String name = series.name().toLowerCase(Locale.ROOT);
            List<Curve> curves = curves(series).entrySet().stream()
                    .map(curve -> new Curve(
                            curve.getKey(),
                            curve.getValue().stream()
                                    .map(row -> (double) series.position(row))
                                    .toList(),
                            curve.getValue().stream().map(ScaleRow::gflops).toList()))
                    .toList();
            if (!curves.isEmpty()) {
                charts.append(LineChart.html("Rate over " + name, name, "GFLOP/s", curves));
            }
        }
        return charts.append("</div>\n").toString();
    }

    /** {@code device}, {@code driver} and {@code commit}, {@code points}, and {@code laws} of the curves over length. */
    public ObjectNode json() {
        ObjectNode root = JsonFile.head(machine);
        ArrayNode points = root.putArray("points");
        for (ScaleRow row : rows) {
            ObjectNode node = points.addObject();
            node.put("device", row.device());
            node.put("varies", row.series().name().toLowerCase(Locale.ROOT));
            node.put("batch", row.spec().batch());
            node.put("heads", row.spec().heads());
            node.put("length", row.spec().keyLength());
            node.put("headDim", row.spec().headDim());
            node.put("causal", row.isCausal());
            node.put("threads", row.threads());
            node.put("medianMs", row.millis());
            node.put("gflops", row.gflops());
            node.put("maxError", row.error());
        }
        ArrayNode laws = root.putArray("laws");
        curves(Series.LENGTH).forEach((name, curve) -> {
            if (curve.size() > 1) {
                Fit fit = Fit.of(curve);
                ObjectNode node = laws.addObject();
                node.put("curve", name);
                node.put("fixedMs", fit.fixed());
                node.put("msPerPairAndColumn", fit.each());
                node.put("largestDeviationFrom512", fit.deviation(curve, FROM_LENGTH));
            }
        });
        return root;
    }

    private static String number(String format, double x) {
        return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, format, x);
    }
}
