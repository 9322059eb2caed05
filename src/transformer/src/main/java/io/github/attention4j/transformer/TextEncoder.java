package io.github.attention4j.transformer;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.transformer.internal.encoder.Encoder;
import io.github.attention4j.transformer.internal.encoder.MiniLm;
import io.github.attention4j.transformer.internal.text.WordPiece;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Embeddings of texts by a pre-trained encoder of the BERT family. Texts may have any length and need no padding; one
 * that is longer than the model knows positions is cut there. Many threads may use one encoder.
 */
public final class TextEncoder implements AutoCloseable {
    private final MiniLm model;
    private final AttentionEngine engine;

    private TextEncoder(MiniLm model, AttentionEngine engine) {
        this.model = model;
        this.engine = engine;
    }

    /** From a folder as Hugging Face's libraries write it, on the best device. */
    public static TextEncoder open(Path folder) {
        return open(folder, EncoderOptions.defaults());
    }

    /** From a folder as Hugging Face's libraries write it. */
    public static TextEncoder open(Path folder, EncoderOptions options) {
        return open(EncoderSource.folder(folder), options);
    }

    /**
     * Reads a model and brings it to the device; takes seconds.
     *
     * @throws UncheckedIOException if a file is missing, cannot be read, or is not what it should be
     * @throws IllegalArgumentException if there is no such device, or the model is of another kind
     */
    public static TextEncoder open(EncoderSource source, EncoderOptions options) {
        Objects.requireNonNull(source, "source");
        EngineOptions engineOptions = options.engine();
        try {
            MiniLm model = source.read();
            return new TextEncoder(
                    model,
                    options.device() == null
                            ? AttentionEngine.open(engineOptions)
                            : AttentionEngine.open(options.device(), engineOptions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the model is called. */
    public String name() {
        return MiniLm.NAME;
    }

    /** Elements of an embedding. */
    public int dimension() {
        return Encoder.WIDTH;
    }

    /** Tokens that the model reads of a text at most, with the marks of its start and end. */
    public int maxTokens() {
        return Encoder.POSITIONS;
    }

    /**
     * Tokens of a text that the model would read, with the marks of its start and end: at most {@link #maxTokens()}.
     */
    public int countTokens(String text) {
        return tokens(text).length;
    }

    /** The embedding of a text: {@link #dimension()} numbers. */
    public float[] embed(String text) {
        return model.encoder()
                .embeddings(new int[][] {tokens(text)}, (layer, spec, q, k, v) -> engine.attend(spec, q, k, v))[0];
    }

    /** The embeddings of texts, in their order. */
    public List<float[]> embed(List<String> texts) {
        float[][] all = new float[texts.size()][];
        embed(texts, (index, vector) -> all[(int) index] = vector, Progress.NONE);
        return Arrays.asList(all);
    }

    /**
     * The embeddings of as many texts as there are: only some are in memory at a time.
     *
     * @param texts gone through once
     * @param consumer takes the embeddings, in the calling thread
     * @param progress is told after each batch
     */
    public void embed(Iterable<String> texts, EmbeddingConsumer consumer, Progress progress) {
        long index = 0;
        long tokens = 0;
        for (String text : texts) {
            tokens += countTokens(text);
            consumer.accept(index++, embed(text));
            progress.at(index, tokens);
        }
    }

    private int[] tokens(String text) {
        WordPiece tokenizer = model.tokenizer();
        int[] ids = tokenizer.encode(text);
        return tokenizer.framed(ids, 0, Math.min(ids.length, Encoder.POSITIONS - 2));
    }

    /** The engine that computes, for those who want to know its device. */
    public AttentionEngine engine() {
        return engine;
    }

    /** What runs where, and why. */
    public String explain() {
        return name() + " on " + engine.device().describe();
    }

    /** Frees the device's memory. */
    @Override
    public void close() {
        engine.close();
    }
}
