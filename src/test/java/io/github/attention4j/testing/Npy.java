package io.github.attention4j.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array from a NumPy file, format 1.0, little-endian, C order: float32, or int64 that fits a float. The format:
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @param shape sizes, slowest index first
 * @param data the elements
 */
public record Npy(int[] shape, float[] data) {
    private static final Pattern HEADER =
            Pattern.compile("'descr': '(<f4|<i8)', 'fortran_order': False, 'shape': \\(([^)]*)\\)");

    /** Reads a file. */
    public static Npy read(Path file) {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int headerLength = bytes.getShort(8); // after the magic "\x93NUMPY" and the version
        String header = new String(bytes.array(), 10, headerLength, StandardCharsets.ISO_8859_1);
        Matcher matcher = HEADER.matcher(header);
        if (!matcher.find()) {
            throw new IllegalArgumentException(file + " is not a float32 or int64 array in C order: " + header);
        }
        int[] shape = Arrays.stream(matcher.group(2).split(","))
                .map(String::strip)
                .filter(size -> !size.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
        float[] data = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        bytes.position(10 + headerLength);
        for (int i = 0; i < data.length; i++) {
            data[i] = matcher.group(1).equals("<f4") ? bytes.getFloat() : bytes.getLong();
        }
        return new Npy(shape, data);
    }
}
