package io.github.attention4j.bench.cost;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.Html;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What options cost, as a page for people and as JSON for programs. */
public final class CostReport {
    private CostReport() {}

    /** Writes {@code cost.html} into the folder, which is made; the file. */
    public static Path write(Path folder, Machine machine, List<String> summary, List<List<CostRow>> groups)
            throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("cost.html");
        Map<String, String> parts =
                Map.of("summary", Html.paragraphs(summary), "table", table(groups), "machine", Html.machine(machine));
        Files.writeString(file, Html.page("cost.html", parts));
        return file;
    }

    private static String table(List<List<CostRow>> groups) {
        StringBuilder table = new StringBuilder("<table>\n<thead>" + Html.row("th", CostTable.HEADER) + "</thead>\n");
        for (List<CostRow> rows : groups) {
            table.append("<tbody>\n").append(Html.groupRow(CostTable.title(rows), CostTable.HEADER.size()));
            rows.forEach(row -> table.append(Html.row("td", CostTable.cells(row))));
            table.append("</tbody>\n");
        }
        return table.append("</table>\n").toString();
    }

    /** {@code device}, {@code driver} and {@code commit}, and {@code costs} with one object for each row. */
    public static ObjectNode json(Machine machine, List<List<CostRow>> groups) {
        ObjectNode root = JsonFile.head(machine);
        ArrayNode costs = root.putArray("costs");
        groups.forEach(rows -> rows.forEach(row -> fill(costs.addObject(), row)));
        return root;
    }

    private static void fill(ObjectNode node, CostRow row) {
        node.put("device", row.device());
        node.put("family", row.family());
        node.put("shape", row.shape());
        node.put("option", row.option());
        node.put("medianMs", row.timing().median());
        node.put("minMs", row.timing().min());
        node.put("calls", row.timing().calls());
        node.put("ratio", row.ratio());
        if (row.hasGoal()) {
            node.put("goal", row.goal());
            node.put("met", row.isMet());
        }
        node.put("maxError", row.error());
    }
}
