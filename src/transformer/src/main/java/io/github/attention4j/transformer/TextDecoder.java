package io.github.attention4j.transformer;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.transformer.internal.decoder.DecoderFiles;
import io.github.attention4j.transformer.internal.decoder.DeviceDecoder;
import io.github.attention4j.transformer.internal.decoder.TokenChoice;
import io.github.attention4j.transformer.internal.text.BytePairs;
import io.github.attention4j.transformer.internal.text.TextStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A pre-trained decoder of the Llama family goes on with a text, each time with the token that suits best, or with one
 * that is drawn ({@link Sampling}). All layers run on one device, which keeps the text's keys and values. Threads take
 * turns.
 */
public final class TextDecoder implements AutoCloseable {
    private final String name;
    private final int maxTokens;
    private final BytePairs tokenizer;
    private final Set<Integer> ends;
    private final DeviceDecoder decoder;
    private final AttentionEngine engine;
    private boolean closed;

    private TextDecoder(DecoderFiles files, AttentionEngine engine, DecoderOptions options) throws IOException {
        name = files.name();
        maxTokens = Math.min(files.config().positions(), options.maxTokens());
        tokenizer = files.tokenizer();
        ends = new HashSet<>(files.config().ends());
        if (ends.isEmpty()) {
            ends.add(tokenizer.end());
        }
        this.engine = engine;
        decoder = new DeviceDecoder(engine, files.config(), files.tensors(), options.weights(), maxTokens);
    }

    /**
     * From a folder as Hugging Face's libraries write it, on the best device.
     *
     * @throws UncheckedIOException if a file is missing, cannot be read, or is not what it should be
     */
    public static TextDecoder open(Path folder) {
        return open(folder, DecoderOptions.defaults());
    }

    /**
     * From a folder as Hugging Face's libraries write it.
     *
     * @throws UncheckedIOException if a file is missing, cannot be read, or is not what it should be
     * @throws IllegalArgumentException if there is no such device
     */
    public static TextDecoder open(Path folder, DecoderOptions options) {
        return open(DecoderSource.folder(folder), options);
    }

    /**
     * Reads a model and brings it to the device.
     *
     * @throws UncheckedIOException if a file is missing, cannot be read, or is not what it should be
     * @throws IllegalArgumentException if there is no such device
     */
    public static TextDecoder open(DecoderSource source, DecoderOptions options) {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(options, "options");
        try (DecoderFiles files = source.open()) {
            AttentionEngine engine = options.device() == null
                    ? AttentionEngine.open(options.engine())
                    : AttentionEngine.open(options.device(), options.engine());
            try {
                return new TextDecoder(files, engine, options);
            } catch (Throwable e) {
                engine.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the model is called: the name of its folder. */
    public String name() {
        return name;
    }

    /** Tokens that a text may have, prompt and all. */
    public int maxTokens() {
        return maxTokens;
    }

    /** Tokens of a text, with the one that texts begin with, if the model has such. */
    public int countTokens(String text) {
        return tokenizer.read(text).length;
    }

    /**
     * Goes on with a text.
     *
     * @param prompt one token at least
     * @param tokens new tokens; fewer if the model ends its text
     * @return what is new
     * @throws IllegalArgumentException if prompt and new tokens are more than {@link #maxTokens()}
     */
    public String generate(String prompt, int tokens) {
        StringBuilder text = new StringBuilder();
        generate(prompt, tokens, text::append);
        return text.toString();
    }

    /**
     * Likewise; the text is told as it comes.
     *
     * @param listener gets pieces that are whole letters, in the calling thread
     * @return how many tokens are new
     */
    public int generate(String prompt, int tokens, Consumer<String> listener) {
        return generate(prompt, tokens, Sampling.greedy(), listener);
    }

    /**
     * Likewise, with tokens that are drawn.
     *
     * @param sampling how; the same seed gives the same text
     */
    public synchronized int generate(String prompt, int tokens, Sampling sampling, Consumer<String> listener) {
        TokenChoice choice = new TokenChoice(Objects.requireNonNull(sampling, "sampling"));
        Objects.requireNonNull(listener, "listener");
        if (closed) {
            throw new IllegalStateException("the decoder is closed");
        }
        int[] read = tokenizer.read(prompt);
        if (read.length < 1 || tokens < 1 || tokens > maxTokens - read.length) {
            throw new IllegalArgumentException("prompt and new tokens must be at least 1 each and at most " + maxTokens
                    + " together, but are " + read.length + " and " + tokens
                    + "; ask for fewer, shorten the prompt, or give DecoderOptions more maxTokens if the model can");
        }
        TextStream text = new TextStream(tokenizer);
        decoder.reset();
        int token = choice.next(decoder.read(read));
        int count = 0;
        while (!ends.contains(token)) {
            count++;
            tell(text.add(token), listener);
            if (count == tokens) {
                break;
            }
            token = choice.next(decoder.read(new int[] {token}));
        }
        tell(text.end(), listener);
        return count;
    }

    private static void tell(String text, Consumer<String> listener) {
        if (!text.isEmpty()) {
            listener.accept(text);
        }
    }

    /** The engine that computes, for those who want to know its device. */
    public AttentionEngine engine() {
        return engine;
    }

    /** The device, and which kernels compute a token there, and why. */
    public synchronized String explain() {
        return name + " on " + engine.device().describe() + "\n" + decoder.explain();
    }

    /** Frees the device's memory. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                decoder.close();
            } finally {
                engine.close(); // frees what is left
            }
        }
    }
}
