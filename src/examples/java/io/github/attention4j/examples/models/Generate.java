package io.github.attention4j.examples.models;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.transformer.internal.decoder.Decoder;
import io.github.attention4j.transformer.internal.decoder.Generation;
import io.github.attention4j.transformer.internal.text.TextStream;
import java.io.IOException;

/** A small decoder goes on with a text, its keys and values in caches on the best device of this machine. */
public final class Generate {
    private static final String PROMPT = "It is a truth universally acknowledged, that";
    private static final int TOKENS = 100;

    private Generate() {}

    /** @param arguments the text, or none for one that is brought along */
    public static void main(String[] arguments) throws IOException {
        String prompt = arguments.length == 0 ? PROMPT : String.join(" ", arguments);
        Decoder decoder = Decoder.broughtAlong();
        TextStream text = new TextStream(decoder.tokenizer());
        try (AttentionEngine engine = AttentionEngine.open()) {
            System.out.print(prompt);
            Generation generation = Generation.of(
                    engine,
                    decoder,
                    decoder.tokenizer().encode(prompt),
                    TOKENS,
                    Generation.CHUNK,
                    token -> System.out.print(text.add(token)));
            System.out.println(text.end());
            System.out.printf("%n%s: %.0f tokens a second%n", generation.device(), generation.tokensPerSecond());
        }
    }
}
