package io.github.attention4j.transformer.internal.files;

import io.github.attention4j.DType;
import io.github.attention4j.Half;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes files for tests. */
public final class SafetensorsWriter {
    private final DType type;
    private final List<String> entries = new ArrayList<>();
    private final ByteArrayOutputStream numbers = new ByteArrayOutputStream();

    /** All tensors have this type: F32, F16 or BF16. */
    public SafetensorsWriter(DType type) {
        this.type = type;
    }

    /** Adds a tensor. */
    public SafetensorsWriter add(String name, float[] values, int... shape) {
        int from = numbers.size();
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * type.bits() / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case F32 -> bytes.putFloat(value);
                case F16 -> bytes.putShort(Half.toF16(value));
                default -> bytes.putShort(Half.toBf16(value));
            }
        }
        numbers.writeBytes(bytes.array());
        entries.add("\"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
                .formatted(name, type, Arrays.toString(shape), from, numbers.size()));
        return this;
    }

    /** The whole file. */
    public byte[] bytes() {
        return bytes("{" + String.join(", ", entries) + "}", numbers.toByteArray());
    }

    /** Writes it. */
    public void write(Path file) throws IOException {
        Files.write(file, bytes());
    }

    /** A file with this header and these numbers, whether they fit or not. */
    public static byte[] bytes(String header, byte[] numbers) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length + numbers.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(numbers)
                .array();
    }
}
