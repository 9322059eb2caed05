package io.github.attention4j.bench.report;

import io.github.attention4j.examples.encoder.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The results as one HTML file that needs nothing else: no script, no style sheet, no font, no picture from anywhere. */
public final class HtmlReport {
    private HtmlReport() {}

    /**
     * Writes {@code index.html} into the folder, which is made.
     *
     * @param summary what was checked, in a few sentences
     * @param weights a sentence's attention weights, or null
     * @return the file
     */
    public static Path write(Path folder, Machine machine, List<String> summary, List<Result> results, Weights weights)
            throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("index.html");
        Files.writeString(file, page(machine, summary, results, weights));
        return file;
    }

    static String page(Machine machine, List<String> summary, List<Result> results, Weights weights) {
        Map<String, String> parts = Map.of(
                "summary", Html.paragraphs(summary),
                "charts", charts(results),
                "weights", weights(weights),
                "table", table(results),
                "machine", Html.machine(machine));
        return Html.page("report.html", parts);
    }

    private static String charts(List<Result> results) {
        return Table.groups(results).entrySet().stream()
                .map(group -> "<h3>" + Html.escape(group.getKey()) + "</h3>\n<div class=\"charts\">\n"
                        + group.getValue().stream().map(SpeedChart::html).collect(Collectors.joining()) + "</div>\n")
                .collect(Collectors.joining());
    }

    private static String weights(Weights weights) {
        if (weights == null) {
            return "<p>Not in this run, which was about synthetic shapes only.</p>";
        }
        return "<div class=\"scroll\">\n" + HeatMap.html(weights) + "</div>\n"
                + "<p class=\"quiet\">Each row shows where one token looks; it sums to 1. Of all heads this is the one whose words look most at"
                + " other words, each at its own, beyond their neighbours.</p>\n";
    }

    private static String table(List<Result> results) {
        boolean withPrototype = Table.hasPrototype(results);
        StringBuilder table =
                new StringBuilder("<table>\n<thead>" + Html.row("th", Table.header(results)) + "</thead>\n");
        Table.groups(results).forEach((problem, group) -> {
            table.append("<tbody>\n")
                    .append(Html.groupRow(problem, Table.header(results).size()));
            for (Result result : group) {
                Table.cells(result, withPrototype).forEach(cells -> table.append(Html.row("td", cells)));
            }
            table.append("</tbody>\n");
        });
        return table.append("</table>\n").toString();
    }
}
