package io.github.attention4j.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Findings for other programs. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonFile() {}

    /** Writes a tree; the folder of the file is made. */
    public static void write(Path file, ObjectNode root) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        JSON.writeValue(file.toFile(), root);
    }

    /** A tree that says where its figures come from: {@code device}, {@code driver} and {@code commit}. */
    public static ObjectNode head(Machine machine) {
        ObjectNode root = JSON.createObjectNode();
        root.put("device", machine.devices().get(0).name());
        root.put("driver", machine.devices().get(0).driver());
        root.put("commit", machine.commit());
        return root;
    }

    /** Anything that Jackson knows as a tree. */
    public static JsonNode tree(Object value) {
        return JSON.valueToTree(value);
    }
}
