package io.github.attention4j.transformer.internal.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a JSON file says, with messages that name file and field. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A tokenizer of a large vocabulary has some 20 MB. */
    private static final long LARGEST = 200_000_000;

    private final String name;
    private final JsonNode root;

    /**
     * Reads a file.
     *
     * @throws IOException if it is not there, or no JSON object
     */
    public JsonFile(Path file) throws IOException {
        this(file.toString(), bytes(file));
    }

    /**
     * Reads what is in memory.
     *
     * @param name what messages call it
     * @throws IOException if it is no JSON object
     */
    public JsonFile(String name, byte[] json) throws IOException {
        this.name = name;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IOException(name + " must be JSON, but is not: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new IOException(name + " must be a JSON object, but is a " + root.getNodeType());
        }
    }

    private JsonFile(String name, JsonNode root) {
        this.name = name;
        this.root = root;
    }

    private static byte[] bytes(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "it is part of every Hugging Face model folder");
        }
        if (Files.size(file) > LARGEST) {
            throw new IOException(file + " must have at most " + LARGEST + " bytes, but has " + Files.size(file));
        }
        return Files.readAllBytes(file);
    }

    /** All of it. */
    public JsonNode root() {
        return root;
    }

    /** A field that is an object. */
    public JsonNode object(String field) throws IOException {
        JsonNode node = root.path(field);
        if (!node.isObject()) {
            throw new IOException(name + " must have an object " + field + ", but has " + shown(node));
        }
        return node;
    }

    /** A field that is an object, with messages that name it. */
    public JsonFile part(String field) throws IOException {
        return new JsonFile(name + ": " + field, object(field));
    }

    /** A field that is a whole number in this range. */
    public int integer(String field, int least, int most) throws IOException {
        JsonNode node = root.path(field);
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < least || node.asInt() > most) {
            throw new IOException(name + " must have a number " + field + " from " + least + " to " + most
                    + ", but has " + shown(node));
        }
        return node.asInt();
    }

    /** Likewise, or a default if the field is not there. */
    public int integer(String field, int least, int most, int otherwise) throws IOException {
        return root.path(field).isMissingNode() || root.path(field).isNull() ? otherwise : integer(field, least, most);
    }

    /** A field that is a positive number; a default if it is not there. */
    public double positive(String field, double otherwise) throws IOException {
        JsonNode node = root.path(field);
        return node.isMissingNode() || node.isNull() ? otherwise : positive(field);
    }

    /** A field that is a positive number. */
    public double positive(String field) throws IOException {
        JsonNode node = root.path(field);
        if (!node.isNumber() || !(node.asDouble() > 0) || Double.isInfinite(node.asDouble())) {
            throw new IOException(name + " must have a positive number " + field + ", but has " + shown(node));
        }
        return node.asDouble();
    }

    /** A field's text, or a default if it is not there. */
    public String text(String field, String otherwise) {
        return root.path(field).asText(otherwise);
    }

    /** What is wrong with a field. */
    public IOException wrong(String field, String wanted) {
        return new IOException(name + " must have " + wanted + " as " + field + ", but has " + shown(root.path(field)));
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "none" : node.toString();
        int most = 60;
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }
}
