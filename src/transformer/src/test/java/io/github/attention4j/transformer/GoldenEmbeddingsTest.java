package io.github.attention4j.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.GoldenFolder;
import io.github.attention4j.testing.Verdict;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings of real models against those that ONNX Runtime computed. */
class GoldenEmbeddingsTest {
    private static final double CLOSE = 2e-6;

    @ParameterizedTest
    @CsvSource({"minilm-batch4,java", "minilm-batch4,cpu:0", "minilm-long512,java", "minilm-long512,cpu:0"})
    void miniLmGivesTheEmbeddingsOfAnotherImplementation(String name, String device) {
        Golden golden = GoldenFolder.require(name);
        check(golden, "embedding_mean_l2", EncoderSource.allMiniLmL6V2(), device);
    }

    @ParameterizedTest
    @CsvSource({"java", "cpu:0"})
    void bgeGivesTheEmbeddingsOfAnotherImplementation(String device) {
        Golden golden = GoldenFolder.require("bge-batch2");
        check(golden, "embedding_cls_l2", EncoderSource.bgeSmallEnV15(), device);
    }

    private static void check(Golden golden, String tensor, EncoderSource source, String device) {
        float[] expected = golden.floats(tensor);
        try (TextEncoder encoder =
                TextEncoder.open(source, EncoderOptions.defaults().withDevice(device))) {
            int width = encoder.dimension();
            List<float[]> vectors = encoder.embed(golden.texts().subList(0, expected.length / width));
            for (int i = 0; i < vectors.size(); i++) {
                float[] want = Arrays.copyOfRange(expected, i * width, (i + 1) * width);
                assertTrue(dot(want, vectors.get(i)) >= 0.999999);
                for (int j = 0; j < width; j++) {
                    assertEquals(want[j], vectors.get(i)[j], CLOSE);
                }
            }
        }
    }

    /** How far embeddings move with smaller weights, as cosine and largest difference. */
    @ParameterizedTest
    @CsvSource({"F16,java,0.999999,3e-4", "BF16,java,0.99995,3e-3", "BF16,cpu:0,0.99995,3e-3", "I8,java,0.999,1.3e-2"})
    void smallerWeightsStayNear(DType weights, String device, double cosine, double difference) {
        Golden golden = GoldenFolder.require("minilm-batch4");
        float[] expected = golden.floats("embedding_mean_l2");
        EncoderOptions options = EncoderOptions.defaults().withDevice(device).withWeights(weights);
        try (TextEncoder encoder = TextEncoder.open(EncoderSource.allMiniLmL6V2(), options)) {
            List<float[]> vectors = encoder.embed(golden.texts().subList(0, 4));
            double least = 1;
            double most = 0;
            for (int i = 0; i < vectors.size(); i++) {
                int width = encoder.dimension();
                float[] want = Arrays.copyOfRange(expected, i * width, (i + 1) * width);
                least = Math.min(least, dot(want, vectors.get(i)));
                most = Math.max(most, Verdict.largestDifference(vectors.get(i), want));
            }
            System.out.printf("%s weights on %s: cosine %.7f, largest difference %.1e%n", weights, device, least, most);
            assertTrue(least >= cosine, "cosine " + least);
            assertTrue(most <= difference, "difference " + most);
        }
    }

    @Test
    void sentencesOfOneMeaningAreNear() {
        try (TextEncoder encoder = TextEncoder.open(EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults())) {
            List<float[]> vectors = encoder.embed(List.of(
                    "The cat sleeps on the warm stove.",
                    "A kitten is napping near the oven.",
                    "The central bank raised interest rates again."));
            assertTrue(dot(vectors.get(0), vectors.get(1)) > 0.5 + dot(vectors.get(0), vectors.get(2)));
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
