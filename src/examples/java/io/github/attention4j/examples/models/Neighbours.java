package io.github.attention4j.examples.models;

import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.Progress;
import io.github.attention4j.transformer.TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts in, neighbours out: which lines of a file are nearest in meaning to a question. */
public final class Neighbours {
    private Neighbours() {}

    /** @param arguments a file of texts, one a line, and the question */
    public static void main(String[] arguments) throws IOException {
        List<String> texts = Files.readAllLines(Path.of(arguments[0]));
        try (TextEncoder encoder = TextEncoder.open(EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults())) {
            Map<String, float[]> vectors = new HashMap<>(); // computed on whatever device is there
            encoder.embed(texts, (i, vector) -> vectors.put(texts.get((int) i), vector), Progress.NONE);
            float[] asked = encoder.embed(arguments[1]);
            texts.sort(Comparator.comparingDouble(text -> -product(vectors.get(text), asked)));
            texts.subList(0, Math.min(5, texts.size())).forEach(System.out::println);
        }
    }

    /** Of vectors of length 1 their cosine. */
    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
