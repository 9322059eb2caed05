package io.github.attention4j.transformer.internal.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.attention4j.Half;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Tensors by name: eight bytes that say how long the header is, the header as JSON, and the numbers, little endian. */
public final class SafetensorsFile {
    private final ByteBuffer numbers;
    private final JsonNode header;
    private final String name;

    /**
     * Reads the header.
     *
     * @param name what messages call the file
     * @throws IOException if this is no such file
     */
    public SafetensorsFile(String name, byte[] file) throws IOException {
        this.name = name;
        ByteBuffer all = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long length = file.length < Long.BYTES ? -1 : all.getLong();
        if (length < 0 || length > all.remaining()) {
            throw new IOException(name + " is no safetensors file: its header would have " + length
                    + " bytes, but the file has " + file.length);
        }
        header = new ObjectMapper().readTree(file, Long.BYTES, (int) length);
        numbers = all.position(Long.BYTES + (int) length).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The names of all tensors. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        header.fieldNames().forEachRemaining(names::add);
        names.remove("__metadata__");
        return names;
    }

    /**
     * A tensor's numbers, row by row.
     *
     * @param shape what it must have
     * @throws IOException if there is no such tensor, or it has another shape or type
     */
    public float[] floats(String tensor, int... shape) throws IOException {
        JsonNode entry = header.path(tensor);
        if (entry.isMissingNode()) {
            throw new IOException(name + " has no tensor " + tensor + "; it has " + names());
        }
        int elements = requireShape(tensor, entry.path("shape"), shape);
        String type = entry.path("dtype").asText();
        int bytes = type.equals("F32") ? Float.BYTES : Short.BYTES;
        int from = entry.path("data_offsets").path(0).asInt();
        int to = entry.path("data_offsets").path(1).asInt();
        if (from < 0 || to > numbers.limit() || to - from != elements * bytes) {
            throw new IOException(tensor + " in " + name + " must have " + elements * bytes + " bytes, but lies from "
                    + from + " to " + to + " of " + numbers.limit());
        }
        float[] floats = new float[elements];
        for (int i = 0; i < elements; i++) {
            int at = from + i * bytes;
            floats[i] = switch (type) {
                case "F32" -> numbers.getFloat(at);
                case "F16" -> Half.fromF16(numbers.getShort(at));
                case "BF16" -> Half.fromBf16(numbers.getShort(at));
                default ->
                    throw new IOException(tensor + " in " + name + " must have type F32, F16 or BF16, but has " + type);
            };
        }
        return floats;
    }

    private int requireShape(String tensor, JsonNode found, int[] shape) throws IOException {
        List<Integer> wanted = new ArrayList<>();
        List<Integer> got = new ArrayList<>();
        int elements = 1;
        for (int size : shape) {
            wanted.add(size);
            elements = Math.multiplyExact(elements, size);
        }
        found.forEach(size -> got.add(size.asInt()));
        if (!wanted.equals(got)) {
            throw new IOException(tensor + " in " + name + " must have shape " + wanted + ", but has " + got);
        }
        return elements;
    }
}
