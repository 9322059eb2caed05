package io.github.attention4j.examples.models;

import io.github.attention4j.transformer.DecoderOptions;
import io.github.attention4j.transformer.DecoderSource;
import io.github.attention4j.transformer.TextDecoder;

/** A small decoder goes on with a text, its keys and values in caches on the best device of this machine. */
public final class Generate {
    /** A model of the bench; {@link DecoderSource#folder} takes one of Hugging Face's. */
    private static final DecoderSource MODEL = DecoderSource.resources("/io/github/attention4j/bench/decoder");

    private static final String PROMPT = "It is a truth universally acknowledged, that";
    private static final int TOKENS = 100;

    private Generate() {}

    /** @param arguments the text, or none for one that is brought along */
    public static void main(String[] arguments) {
        String prompt = arguments.length == 0 ? PROMPT : String.join(" ", arguments);
        try (TextDecoder decoder = TextDecoder.open(MODEL, DecoderOptions.defaults())) {
            System.out.print(prompt);
            long start = System.nanoTime();
            int tokens = decoder.generate(prompt, TOKENS, System.out::print);
            double seconds = (System.nanoTime() - start) * 1e-9;
            System.out.printf(
                    "%n%n%s: %.0f tokens a second%n", decoder.engine().device().id(), tokens / seconds);
        }
    }
}
