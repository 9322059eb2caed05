package io.github.attention4j.transformer.internal.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.GoldenFolder;
import io.github.attention4j.testing.Verdict;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EncoderTest {
    private static final EncoderModel MODEL = EncoderModel.miniLm();
    private static final AttentionEngine ENGINE = AttentionEngine.open("reference");
    private static final AttentionFunction REFERENCE =
            (layer, spec, query, key, value) -> ENGINE.attend(spec, query, key, value);

    @AfterAll
    static void closeEngine() {
        ENGINE.close();
    }

    @Test
    void firstLayerAndEmbeddingOfALongTextEqualThoseOfAnotherImplementation() {
        Golden golden = GoldenFolder.require("minilm-long512");
        float[][] embeddings = MODEL.encoder().embeddings(golden.inputs(), (layer, spec, query, key, value) -> {
            float[] out = REFERENCE.attend(layer, spec, query, key, value);
            if (layer == 0) {
                assertClose(golden.floats("layer00_q"), query, 2e-5);
                assertClose(golden.floats("layer00_k"), key, 2e-5);
                assertClose(golden.floats("layer00_v"), value, 2e-5);
                assertClose(golden.floats("layer00_attn_out"), out, 2e-5);
            }
            return out;
        });
        assertClose(golden.floats("embedding_mean_l2"), embeddings[0], 1e-5);
    }

    @Test
    void embeddingsOfPaddedSentencesEqualThoseWithoutPadding() {
        Golden golden = GoldenFolder.require("minilm-batch4");
        float[] expected = golden.floats("embedding_mean_l2");
        int[][] inputs = golden.inputs();
        for (int i = 0; i < inputs.length; i++) {
            float[] embedding = MODEL.encoder().embeddings(new int[][] {inputs[i]}, REFERENCE)[0];
            int width = embedding.length;
            assertClose(Arrays.copyOfRange(expected, i * width, (i + 1) * width), embedding, 1e-5);
        }
    }

    @Test
    void aBatchGivesEachInputTheEmbeddingItHasAlone() {
        int[][] inputs = {{101, 2023, 2003, 102}, {101, 2178, 2028, 102}};
        float[][] together = MODEL.encoder().embeddings(inputs, REFERENCE);
        for (int i = 0; i < inputs.length; i++) {
            assertClose(MODEL.encoder().embeddings(new int[][] {inputs[i]}, REFERENCE)[0], together[i], 1e-6);
        }
    }

    private static void assertClose(float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        assertEquals(0, Verdict.largestDifference(actual, expected), tolerance);
    }
}
