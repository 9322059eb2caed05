package io.github.attention4j.transformer.internal.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that lie about their sizes: each is refused in a sentence before memory is asked for. */
class HostileFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 17})
    void headersOfImpossibleLengthAreRefused(long length) {
        byte[] file = ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
        IOException e = assertThrows(IOException.class, () -> new SafetensorsFile("file", file));
        assertTrue(e.getMessage().contains("its header would have " + length), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"a\": ", "7", "{\"a\": 1, \"a\": 2}", "null"})
    void headersThatAreNoObjectAreRefused(String header) {
        byte[] file = SafetensorsWriter.bytes(header, new byte[0]);
        IOException e = assertThrows(IOException.class, () -> new SafetensorsFile("file", file));
        assertTrue(e.getMessage().startsWith("file is no safetensors file: its header"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [-8, 0]}",
                "{\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 0]}",
                "{\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [9223372036854775800, 9223372036854775807]}",
                "{\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [18446744073709551608, 18446744073709551616]}",
                "{\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8.5]}",
                "{\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": 8}",
                "{\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [4, 12]}",
                "{\"dtype\": \"F32\", \"shape\": [4294967298], \"data_offsets\": [0, 8]}",
                "{\"dtype\": \"F32\", \"shape\": [2.0], \"data_offsets\": [0, 8]}",
                "{\"dtype\": \"F64\", \"shape\": [2], \"data_offsets\": [0, 8]}",
                "{\"shape\": [2], \"data_offsets\": [0, 8]}",
                "{\"dtype\": \"F32\", \"data_offsets\": [0, 8]}",
                "[]",
                "null"
            })
    void entriesThatLieAreRefused(String entry) throws IOException {
        byte[] file = SafetensorsWriter.bytes("{\"a\": " + entry + "}", new byte[8]);
        try (SafetensorsFile tensors = new SafetensorsFile("file", file)) {
            IOException e = assertThrows(IOException.class, () -> tensors.floats("a", 2));
            assertTrue(e.getMessage().startsWith("a in file must have"), e.getMessage());
        }
    }

    @Test
    void manyNamesAreNotAllPrinted() throws IOException {
        StringBuilder header = new StringBuilder("{\"b\": 0");
        for (int i = 0; i < 10_000; i++) {
            header.append(", \"a").append(i).append("\": 0");
        }
        SafetensorsFile file = new SafetensorsFile("file", SafetensorsWriter.bytes(header + "}", new byte[0]));
        IOException e = assertThrows(IOException.class, () -> file.floats("c", 1));
        assertTrue(e.getMessage().endsWith("and 9981 more]"), e.getMessage());
    }

    @Test
    void numbersBeyondTwoGigabytesAreFound() throws IOException {
        Path path = folder.resolve("large.safetensors");
        long far = 5L << 30;
        byte[] header = """
                {"far": {"dtype": "F32", "shape": [2], "data_offsets": [%d, %d]}}""".formatted(far, far + 8).getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) { // sparse: takes no room on the disk
            file.writeLong(Long.reverseBytes(header.length));
            file.write(header);
            file.seek(Long.BYTES + header.length + far);
            file.writeInt(Integer.reverseBytes(Float.floatToIntBits(1.5f)));
            file.writeInt(Integer.reverseBytes(Float.floatToIntBits(-2)));
        }
        try (SafetensorsFile file = new SafetensorsFile(path)) {
            assertArrayEquals(new float[] {1.5f, -2}, file.floats("far", 2));
        }
    }

    /** Whatever bytes: either it reads, or it says that it does not. */
    @Test
    void changedBytesOfAnOnnxFileNeverDoMoreThanComplain() {
        byte[] whole = onnx();
        assertEquals(2, read(whole));
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            byte[] changed = whole.clone();
            for (int j = 0; j <= i % 4; j++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            read(changed);
        }
        for (int length = 0; length < whole.length; length++) {
            read(Arrays.copyOf(whole, length));
        }
    }

    private static int read(byte[] file) {
        try {
            return new OnnxFile("file", ByteBuffer.wrap(file)).elements("w");
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("file"), e.getMessage());
            return -1;
        }
    }

    /** A model of one graph with one initializer of two floats, and a node with a constant. */
    private static byte[] onnx() {
        byte[] tensor =
                message(new byte[] {0x10, 1}, field(8, "w".getBytes(StandardCharsets.UTF_8)), field(9, new byte[8]));
        byte[] constant = message(new byte[] {0x10, 7}, field(9, new byte[8]));
        byte[] node = message(
                field(1, "w".getBytes(StandardCharsets.UTF_8)),
                field(3, "n".getBytes(StandardCharsets.UTF_8)),
                field(5, field(5, constant)));
        return field(7, message(field(1, node), field(5, tensor)));
    }

    private static byte[] field(int number, byte[] content) {
        return message(new byte[] {(byte) (number << 3 | 2), (byte) content.length}, content);
    }

    private static byte[] message(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(256);
        for (byte[] part : parts) {
            all.put(part);
        }
        return Arrays.copyOf(all.array(), all.position());
    }
}
