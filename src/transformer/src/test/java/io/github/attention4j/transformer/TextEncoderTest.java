package io.github.attention4j.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextEncoderTest {
    @Test
    void sentencesOfOneMeaningAreNear() {
        try (TextEncoder encoder = TextEncoder.open(EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults())) {
            List<float[]> vectors = encoder.embed(List.of(
                    "The cat sleeps on the warm stove.",
                    "A kitten is napping near the oven.",
                    "The central bank raised interest rates again."));
            assertEquals(encoder.dimension(), vectors.get(0).length);
            assertTrue(dot(vectors.get(0), vectors.get(1)) > 0.5 + dot(vectors.get(0), vectors.get(2)));
            List<Long> indexes = new ArrayList<>();
            encoder.embed(List.of("One.", ""), (index, vector) -> indexes.add(index), Progress.NONE);
            assertEquals(List.of(0L, 1L), indexes);
            assertEquals(2, encoder.countTokens(""));
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
