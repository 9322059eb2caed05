package io.github.attention4j.transformer.internal.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafetensorsFileTest {
    private static final String HEADER = """
            {"__metadata__": {"format": "pt"}, "a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
             "b": {"dtype": "F16", "shape": [2], "data_offsets": [8, 12]}, "c": {"dtype": "BF16", "shape": [1], "data_offsets": [12, 14]},
             "i": {"dtype": "I16", "shape": [1], "data_offsets": [12, 14]}, "far": {"dtype": "F32", "shape": [1], "data_offsets": [12, 16]}}""";

    private final SafetensorsFile file = new SafetensorsFile("small", bytes());

    SafetensorsFileTest() throws IOException {}

    private static byte[] bytes() {
        byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + 14)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(1.5f)
                .putFloat(-3)
                .putShort((short) 0x3c00)
                .putShort((short) 0xc500)
                .putShort((short) 0x4049)
                .array();
    }

    @Test
    void numbersOfEachTypeAreRead() throws IOException {
        assertEquals(List.of("a", "b", "c", "i", "far"), file.names());
        assertArrayEquals(new float[] {1.5f, -3}, file.floats("a", 2, 1));
        assertArrayEquals(new float[] {1, -5}, file.floats("b", 2));
        assertArrayEquals(new float[] {3.140625f}, file.floats("c", 1));
    }

    @Test
    void whatDoesNotFitIsNamed() {
        assertComplains("has no tensor d", "d", 1);
        assertComplains("must have shape [1, 2], but has [2, 1]", "a", 1, 2);
        assertComplains("but has I16", "i", 1);
        assertComplains("but lies from 12 to 16 of 14", "far", 1);
    }

    @Test
    void anotherFileIsRefused() {
        byte[] text = "Once upon a time there was a file".getBytes(StandardCharsets.UTF_8);
        IOException e = assertThrows(IOException.class, () -> new SafetensorsFile("story", text));
        assertTrue(e.getMessage().startsWith("story is no safetensors file"), e.getMessage());
        assertThrows(IOException.class, () -> new SafetensorsFile("short", new byte[3]));
    }

    private void assertComplains(String expected, String tensor, int... shape) {
        IOException e = assertThrows(IOException.class, () -> file.floats(tensor, shape));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
