package io.github.attention4j.examples.models;

import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.util.List;

/** How alike sentences are in meaning: their embeddings by a pre-trained encoder on the best device of this machine. */
public final class Encode {
    private static final List<String> SENTENCES = List.of(
            "The cat sleeps on the warm stove.",
            "A kitten is napping near the oven.",
            "The central bank raised interest rates again.");

    private Encode() {}

    /** @param arguments the sentences; three are brought along */
    public static void main(String[] arguments) {
        List<String> sentences = arguments.length == 0 ? SENTENCES : List.of(arguments);
        try (TextEncoder encoder = TextEncoder.open(EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults())) {
            List<float[]> embeddings = encoder.embed(sentences);
            System.out.println(
                    encoder.name() + " on " + encoder.engine().device().id() + "; 1 is the same meaning");
            for (int i = 0; i < sentences.size(); i++) {
                for (float[] other : embeddings) {
                    System.out.printf("%6.2f", cosine(embeddings.get(i), other));
                }
                System.out.println("  " + sentences.get(i));
            }
        }
    }

    /** Of two vectors of length 1. */
    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
