package io.github.attention4j.bench.decode;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was measured.
 *
 * @param rows a line for each device and case
 * @param planMillis planning a step of {@value Planning#BATCH} sequences, by device
 * @param growths what grew in a long run, for each device
 */
public record DecodeReport(List<DecodeRow> rows, Map<String, Double> planMillis, List<LongRun.Growth> growths) {
    /** The table. */
    public TextTable table() {
        return new TextTable(
                List.of(
                        "device",
                        "family",
                        "heads",
                        "cache",
                        "type",
                        "median ms",
                        "GB/s read",
                        "reading alone",
                        "share",
                        "tokens/s a layer",
                        "max error"),
                5,
                rows.stream()
                        .map(row -> List.of(
                                row.device(),
                                row.family(),
                                row.problem().headCounts(),
                                row.problem().shape(),
                                row.problem().typeName(),
                                "%.3f".formatted(row.millis()),
                                "%.2f".formatted(row.gigabytesPerSecond()),
                                orDash("%.2f", row.readGigabytes()),
                                orDash("%.0f %%", 100 * row.share()),
                                "%.0f".formatted(row.tokensPerSecond()),
                                "%.1e".formatted(row.error())))
                        .toList());
    }

    private static String orDash(String format, double x) {
        return Double.isNaN(x) ? "-" : format.formatted(x);
    }

    /** What the table does not say, a sentence each. */
    public List<String> facts() {
        List<String> facts = new ArrayList<>();
        planMillis.forEach(
                (device, millis) -> facts.add("%s plans a step of %d sequences in %.3f ms, its program compiled."
                        .formatted(device, Planning.BATCH, millis)));
        growths.forEach(growth -> facts.add(growth.sentence()));
        return facts;
    }

    /** The figures. */
    public ObjectNode json(Machine machine) {
        ObjectNode root = JsonFile.head(machine);
        ArrayNode results = root.putArray("results");
        for (DecodeRow row : rows) {
            ObjectNode node = results.addObject();
            node.put("device", row.device());
            node.put("family", row.family());
            node.put("heads", row.problem().heads());
            node.put("batch", row.problem().batch());
            node.put("keys", row.problem().keys());
            node.put("type", row.problem().typeName());
            node.put("medianMs", row.millis());
            node.put("gigabytesPerSecond", row.gigabytesPerSecond());
            if (!Double.isNaN(row.readGigabytes())) {
                node.put("readingAloneGigabytesPerSecond", row.readGigabytes());
            }
            node.put("tokensPerSecond", row.tokensPerSecond());
            node.put("maxError", row.error());
        }
        ObjectNode planning = root.putObject("planMs");
        planMillis.forEach(planning::put);
        ArrayNode runs = root.putArray("longRuns");
        for (LongRun.Growth growth : growths) {
            ObjectNode node = runs.addObject();
            node.put("device", growth.device());
            node.put("steps", growth.steps());
            node.put("nativeObjects", growth.natives());
            node.put("heapBytesAStep", growth.heapBytes());
            node.put("residentBytes", growth.residentBytes());
            node.put("maxError", growth.error());
        }
        return root;
    }
}
