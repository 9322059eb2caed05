package io.github.attention4j.transformer.internal.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.attention4j.Half;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensors by name: eight bytes that say how long the header is, the header as JSON, and the numbers, little endian. The
 * file may have any size; its numbers are mapped into memory when they are asked for.
 */
public final class SafetensorsFile implements Tensors {
    /** What the format allows. */
    private static final int LONGEST_HEADER = 100_000_000;
    /** Bytes of a tensor that are mapped at once, a multiple of all elements' sizes. */
    private static final int PIECE = 1 << 28;

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private final String name;
    private final Bytes file;
    private final JsonNode header;
    /** Where the numbers begin. */
    private final long start;

    /**
     * Reads the header.
     *
     * @throws IOException if this is no such file
     */
    public SafetensorsFile(Path path) throws IOException {
        this(path.toString(), Bytes.of(path));
    }

    /**
     * Reads the header of a file that is in memory.
     *
     * @param name what messages call the file
     * @throws IOException if this is no such file
     */
    public SafetensorsFile(String name, byte[] file) throws IOException {
        this(name, Bytes.of(file));
    }

    private SafetensorsFile(String name, Bytes file) throws IOException {
        this.name = name;
        this.file = file;
        try {
            long length =
                    file.size() < Long.BYTES ? -1 : file.slice(0, Long.BYTES).getLong();
            if (length < 0 || length > file.size() - Long.BYTES || length > LONGEST_HEADER) {
                throw new IOException(name + " is no safetensors file: its header would have " + length
                        + " bytes, but the file has " + file.size());
            }
            start = Long.BYTES + length;
            header = header((int) length);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private JsonNode header(int length) throws IOException {
        byte[] text = new byte[length];
        file.slice(Long.BYTES, length).get(text);
        JsonNode read;
        try {
            read = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    name + " is no safetensors file: its header is not JSON (" + e.getOriginalMessage() + ")", e);
        }
        if (!read.isObject()) {
            throw new IOException(
                    name + " is no safetensors file: its header must be an object, but is a " + read.getNodeType());
        }
        return read;
    }

    /** The names of all tensors. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        header.fieldNames().forEachRemaining(names::add);
        names.remove("__metadata__");
        return names;
    }

    @Override
    public boolean has(String tensor) {
        return header.has(tensor);
    }

    /** Where a tensor's bytes lie, behind the header. */
    private record Place(String type, int size, long from, int elements) {}

    private Place place(String tensor, int... shape) throws IOException {
        JsonNode entry = header.path(tensor);
        if (entry.isMissingNode()) {
            throw new IOException(name + " has no tensor " + tensor + "; it has " + some(names()));
        }
        int elements = requireShape(tensor, entry.path("shape"), shape);
        String type = entry.path("dtype").asText();
        int size = size(tensor, type);
        JsonNode offsets = entry.path("data_offsets");
        long from = number(offsets.path(0));
        long to = number(offsets.path(1));
        long bytes = (long) elements * size;
        if (from < 0 || to < from || to > file.size() - start || to - from != bytes) {
            throw new IOException(tensor + " in " + name + " must have " + bytes + " bytes, but lies from "
                    + offsets.path(0) + " to " + offsets.path(1) + " of " + (file.size() - start));
        }
        return new Place(type, size, from, elements);
    }

    @Override
    public int elements(String tensor, int... shape) throws IOException {
        return place(tensor, shape).elements;
    }

    @Override
    public void read(String tensor, float[] to, int at, int... shape) throws IOException {
        Place place = place(tensor, shape);
        int most = PIECE / place.size;
        for (int done = 0; done < place.elements; done += most) {
            int count = Math.min(most, place.elements - done);
            long from = start + place.from + (long) done * place.size;
            decode(place.type, file.slice(from, count * place.size), to, at + done, count);
        }
    }

    private static void decode(String type, ByteBuffer from, float[] to, int first, int count) {
        if (type.equals("F32")) {
            from.asFloatBuffer().get(to, first, count);
            return;
        }
        boolean isF16 = type.equals("F16");
        for (int i = 0; i < count; i++) {
            short bits = from.getShort(i * Short.BYTES);
            to[first + i] = isF16 ? Half.fromF16(bits) : Half.fromBf16(bits);
        }
    }

    private int size(String tensor, String type) throws IOException {
        return switch (type) {
            case "F32" -> Float.BYTES;
            case "F16", "BF16" -> Short.BYTES;
            default ->
                throw new IOException(tensor + " in " + name + " must have type F32, F16 or BF16, but has " + type);
        };
    }

    private static long number(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? node.asLong() : -1;
    }

    /** Sizes are compared as they stand there, so that none is too large for a Java number. */
    private int requireShape(String tensor, JsonNode found, int[] shape) throws IOException {
        List<String> wanted = new ArrayList<>();
        List<String> got = new ArrayList<>();
        long elements = 1;
        for (int size : shape) {
            wanted.add("" + size);
            elements = Math.multiplyExact(elements, size);
        }
        found.forEach(size -> got.add(size.toString()));
        if (!wanted.equals(got)) {
            throw new IOException(tensor + " in " + name + " must have shape " + wanted + ", but has " + some(got));
        }
        if (elements > Integer.MAX_VALUE - Long.BYTES) { // the longest array
            throw new IOException(tensor + " in " + name + " has " + elements
                    + " elements, more than a Java array holds; use a model with a smaller vocabulary");
        }
        return (int) elements;
    }

    /** A list to show, however long. */
    private static List<String> some(List<String> all) {
        int most = 20;
        if (all.size() <= most) {
            return all;
        }
        List<String> some = new ArrayList<>(all.subList(0, most));
        some.add("and " + (all.size() - most) + " more");
        return some;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
