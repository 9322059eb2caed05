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
 * @param readBandwidth GB/s of devices that only read, by id; some have none
 * @param planMillis planning a step of {@value Planning#BATCH} sequences, by device
 * @param growths what grew in a long run, for each device
 */
public record DecodeReport(
        List<DecodeRow> rows,
        Map<String, Double> readBandwidth,
        Map<String, Double> planMillis,
        List<LongRun.Growth> growths) {
    /** The table. */
    public TextTable table() {
        return new TextTable(
                List.of(
                        "device",
                        "family",
                        "cache",
                        "type",
                        "median ms",
                        "GB/s read",
                        "of bandwidth",
                        "tokens/s a layer",
                        "max error"),
                4,
                rows.stream()
                        .map(row -> List.of(
                                row.device(),
                                row.family(),
                                row.problem().shape(),
                                row.problem().typeName(),
                                "%.3f".formatted(row.millis()),
                                "%.2f".formatted(row.gigabytesPerSecond()),
                                share(row),
                                "%.0f".formatted(row.tokensPerSecond()),
                                "%.1e".formatted(row.error())))
                        .toList());
    }

    private String share(DecodeRow row) {
        Double most = readBandwidth.get(row.device());
        return most == null ? "-" : "%.0f %%".formatted(100 * row.gigabytesPerSecond() / most);
    }

    /** What the table does not say, a sentence each. */
    public List<String> facts() {
        List<String> facts = new ArrayList<>();
        readBandwidth.forEach((device, rate) -> facts.add(
                "%s reads %.2f GB/s when it does nothing else, measured in this run.".formatted(device, rate)));
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
            node.put("batch", row.problem().batch());
            node.put("keys", row.problem().keys());
            node.put("type", row.problem().typeName());
            node.put("medianMs", row.millis());
            node.put("gigabytesPerSecond", row.gigabytesPerSecond());
            node.put("tokensPerSecond", row.tokensPerSecond());
            node.put("maxError", row.error());
        }
        ObjectNode bandwidth = root.putObject("readGigabytesPerSecond");
        readBandwidth.forEach(bandwidth::put);
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
