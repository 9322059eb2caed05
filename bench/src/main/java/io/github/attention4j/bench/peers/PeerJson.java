package io.github.attention4j.bench.peers;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.report.JsonFile;
import io.github.attention4j.bench.run.Case;

/** The comparison for other programs. */
public final class PeerJson {
    private PeerJson() {}

    /**
     * {@code device}, {@code driver}, {@code commit}, {@code machine}, {@code limits} by device, and {@code results} with one object for each
     * contender and shape. What is not known is missing.
     */
    public static ObjectNode of(PeerReport report) {
        ObjectNode root = JsonFile.head(report.machine());
        ObjectNode machine = root.putObject("machine");
        report.machine().facts().forEach(machine::put);
        ArrayNode conditions = root.putArray("conditions");
        report.conditions().forEach(conditions::add);
        ObjectNode limits = root.putObject("limits");
        report.limits().byDevice().forEach((device, limit) -> {
            ObjectNode node = limits.putObject(device);
            put(node, "gflops", limit.gflops());
            put(node, "gflopsOneThread", limit.oneThread());
            put(node, "readGBs", limit.gigabytes());
        });
        report.limits().missing().forEach((device, reason) -> limits.putObject(device)
                .put("missing", reason));
        ArrayNode results = root.putArray("results");
        for (PeerResult result : report.results()) {
            result.rows().forEach(row -> fill(results.addObject(), result, row, report.limits()));
        }
        return root;
    }

    private static void fill(ObjectNode node, PeerResult result, PeerRow row, Limits limits) {
        node.put("contender", row.kind().name());
        node.put("version", row.version());
        node.put("way", row.way());
        node.put("status", row.status().toString());
        node.put("reason", row.reason());
        node.put("shape", Case.shape(row.spec()));
        node.put("batch", row.spec().batch());
        node.put("heads", row.spec().heads());
        node.put("kvHeads", row.spec().kvHeads());
        node.put("queryLength", row.spec().queryLength());
        node.put("keyLength", row.spec().keyLength());
        node.put("headDim", row.spec().headDim());
        node.put("causal", Case.isCausal(row.spec()));
        put(node, "medianMs", row.samples().medianMillis());
        put(node, "minMs", row.samples().minMillis());
        put(node, "gflops", row.gflops());
        put(node, "shareOfPeak", limits.share(row));
        put(node, "overBestPeer", result.overBestPeer(row));
        if (row.memory() >= 0) {
            node.put("addedBytes", row.memory());
        }
        if (row.verdict() != null) {
            put(node, "maxError", row.verdict().error());
            put(node, "allowedError", row.verdict().allowed());
        }
        ArrayNode samples = node.putArray("samples");
        for (Sample sample : row.samples().all()) {
            ObjectNode each = samples.addObject();
            each.put("ms", sample.millis());
            each.put("processors", sample.processors());
            each.put("starved", row.samples().isStarved(sample));
        }
    }

    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        }
    }
}
