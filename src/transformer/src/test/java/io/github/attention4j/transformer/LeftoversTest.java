package io.github.attention4j.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.internal.opencl.NativeObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails half-way leaves nothing on the device. */
class LeftoversTest {
    private static final EncoderOptions ON_DEVICE = EncoderOptions.defaults().withDevice("cpu:0");

    @TempDir
    Path folder;

    private long before;

    @BeforeEach
    void countBefore() {
        before = NativeObjects.live();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, NativeObjects.live(), "native objects left");
    }

    @Test
    void aFolderWhoseLastWeightIsMissing() throws IOException {
        SmallModel.write(folder, DType.F32);
        Path file = folder.resolve("model.safetensors");
        String last = "encoder.layer.1.output.LayerNorm.bias";
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(last);
        assertTrue(at > 0);
        bytes[at] = 'x';
        Files.write(file, bytes);
        UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> TextEncoder.open(folder, ON_DEVICE));
        assertTrue(e.getMessage().contains("has no tensor " + last), e.getMessage());
    }

    @Test
    void memoryThatEndsInTheMiddleOfABatch() throws IOException {
        SmallModel.write(folder, DType.F32, 1 << 16);
        int texts = 2000;
        try (TextEncoder encoder = TextEncoder.open(folder, ON_DEVICE.withBatchTokens(texts * SmallModel.POSITIONS))) {
            float[] expected = encoder.embed("the cats sleep");
            List<String> many =
                    Collections.nCopies(texts, "a cat, ".repeat(SmallModel.POSITIONS)); // 21 GB between the halves
            assertThrows(RuntimeException.class, () -> encoder.embed(many));
            assertArrayEquals(expected, encoder.embed("the cats sleep"));
        }
    }

    @Test
    void aConsumerThatThrows() throws IOException {
        SmallModel.write(folder, DType.F32);
        try (TextEncoder encoder = TextEncoder.open(folder, ON_DEVICE)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> encoder.embed(
                            List.of("a", "b"),
                            (index, vector) -> {
                                throw new IllegalStateException();
                            },
                            Progress.NONE));
        }
    }
}
