package io.github.attention4j.transformer.internal.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.GoldenFolder;
import io.github.attention4j.testing.Verdict;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Between ids and vectors, against what another implementation computed. */
class DeviceEncoderTest {
    private static final int HEADS = 12;
    private static final int COLUMNS = 32;
    private static final int MOST_ROWS = 2048;

    @ParameterizedTest
    @ValueSource(strings = {"java", "cpu:0"})
    void firstLayerAndEmbeddingOfALongTextEqualThoseOfAnotherImplementation(String device) throws IOException {
        Golden golden = GoldenFolder.require("minilm-long512");
        try (EncoderFiles files = EncoderFiles.allMiniLmL6V2();
                AttentionEngine engine = AttentionEngine.open(device);
                DeviceEncoder encoder = new DeviceEncoder(engine, files, DType.F32, MOST_ROWS, 0)) {
            int[] layers = {0};
            float[][] embeddings = encoder.vectors(golden.inputs(), (layer, packed, out, nanos) -> {
                assertEquals(layers[0]++, layer);
                if (layer == 0) {
                    assertClose(golden.floats("layer00_q"), headsFirst(packed, 3, 0), 2e-5);
                    assertClose(golden.floats("layer00_k"), headsFirst(packed, 3, 1), 2e-5);
                    assertClose(golden.floats("layer00_v"), headsFirst(packed, 3, 2), 2e-5);
                    assertClose(golden.floats("layer00_attn_out"), headsFirst(out, 1, 0), 2e-5);
                }
            });
            assertEquals(files.config().layers(), layers[0]);
            assertClose(golden.floats("embedding_mean_l2"), embeddings[0], 1e-5);
            assertArrayEquals(encoder.vectors(golden.inputs())[0], embeddings[0], "without an observer");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "java"})
    void aBatchGivesEachInputTheEmbeddingItHasAlone(String device) throws IOException {
        int[][] inputs = {{101, 2023, 2003, 102}, {101, 2178, 2028, 102}};
        try (EncoderFiles files = EncoderFiles.allMiniLmL6V2();
                AttentionEngine engine = AttentionEngine.open(device);
                DeviceEncoder encoder = new DeviceEncoder(engine, files, DType.F32, MOST_ROWS, 0)) {
            float[][] together = encoder.vectors(inputs);
            for (int i = 0; i < inputs.length; i++) {
                assertClose(encoder.vectors(new int[][] {inputs[i]})[0], together[i], 1e-6);
            }
        }
    }

    /** From [row, part, head, column] to [head, row, column]. */
    private static float[] headsFirst(float[] rows, int parts, int part) {
        int length = rows.length / (parts * HEADS * COLUMNS);
        float[] all = new float[rows.length / parts];
        for (int row = 0; row < length; row++) {
            for (int head = 0; head < HEADS; head++) {
                int from = ((row * parts + part) * HEADS + head) * COLUMNS;
                System.arraycopy(rows, from, all, (head * length + row) * COLUMNS, COLUMNS);
            }
        }
        return all;
    }

    private static void assertClose(float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        assertEquals(0, Verdict.largestDifference(actual, expected), tolerance);
    }
}
