package io.github.attention4j.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.attention4j.bench.attention.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The results for other programs. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonFile() {}

    /** Writes the file; its folder is made. */
    public static void write(Path file, Machine machine, List<Result> results) throws IOException {
        write(file, json(machine, results));
    }

    /** Writes any tree; the folder of the file is made. */
    public static void write(Path file, ObjectNode root) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        JSON.writeValue(file.toFile(), root);
    }

    /** A tree that says where its figures come from: {@code device}, {@code driver} and {@code commit}. */
    public static ObjectNode head(Machine machine) {
        ObjectNode root = JSON.createObjectNode();
        root.put("device", machine.bestDevice());
        root.put("driver", machine.bestDriver());
        root.put("commit", machine.commit());
        return root;
    }

    /** {@code device}, {@code driver} and {@code commit}, and {@code results} with one object for each row. */
    public static ObjectNode json(Machine machine, List<Result> results) {
        ObjectNode root = head(machine);
        ArrayNode rows = root.putArray("results");
        results.forEach(result -> result.rows().forEach(row -> fill(rows.addObject(), row)));
        return root;
    }

    private static void fill(ObjectNode node, Row row) {
        node.put("engine", row.engine());
        node.put("device", row.device());
        node.put("family", row.family());
        node.put("case", row.problem());
        node.put("batch", row.spec().batch());
        node.put("heads", row.spec().heads());
        node.put("kvHeads", row.spec().kvHeads());
        node.put("queryLength", row.spec().queryLength());
        node.put("keyLength", row.spec().keyLength());
        node.put("headDim", row.spec().headDim());
        node.put("causal", Problem.isCausal(row.spec()));
        node.put("dtype", "f32");
        node.put("medianMs", row.timing().median());
        node.put("minMs", row.timing().min());
        node.put("gflops", row.gflops());
        node.put("maxError", row.maxError());
    }
}
