package io.github.attention4j.transformer;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.transformer.internal.encoder.Batches;
import io.github.attention4j.transformer.internal.encoder.DeviceEncoder;
import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import io.github.attention4j.transformer.internal.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Embeddings of texts by a pre-trained encoder of the BERT family. Texts may have any length and need no padding; one
 * that is longer than {@link #maxTokens()} is cut there. Many threads may use one encoder.
 *
 * <pre>{@code
 * try (TextEncoder encoder = TextEncoder.open(Path.of("all-MiniLM-L6-v2"))) {
 *     List<float[]> vectors = encoder.embed(List.of("A kitten naps.", "Rates rise."));
 * }
 * }</pre>
 */
public final class TextEncoder implements AutoCloseable {
    /** Texts that are read ahead to find some of like lengths, and the characters of them. */
    private static final int WINDOW_TEXTS = 4096;

    private static final int WINDOW_CHARACTERS = 1 << 22;

    private final String name;
    private final int maxTokens;
    private final int batchTokens;
    private final Tokenizer tokenizer;
    private final int dimension;
    private final DeviceEncoder encoder;
    private final AttentionEngine engine;

    private TextEncoder(EncoderFiles files, DeviceEncoder encoder, AttentionEngine engine, EncoderOptions options) {
        name = files.name();
        dimension = files.config().width();
        maxTokens = Math.min(files.maxTokens(), options.maxTokens());
        tokenizer = files.tokenizer();
        batchTokens = options.batchTokens();
        this.encoder = encoder;
        this.engine = engine;
    }

    /**
     * From a folder as Hugging Face's libraries write it, on the best device.
     *
     * @throws UncheckedIOException if a file is missing, cannot be read, or is not what it should be
     */
    public static TextEncoder open(Path folder) {
        return open(folder, EncoderOptions.defaults());
    }

    /**
     * From a folder as Hugging Face's libraries write it.
     *
     * @throws UncheckedIOException if a file is missing, cannot be read, or is not what it should be
     * @throws IllegalArgumentException if there is no such device
     */
    public static TextEncoder open(Path folder, EncoderOptions options) {
        return open(EncoderSource.folder(folder), options);
    }

    /**
     * Reads a model and brings it to the device; takes seconds.
     *
     * @throws UncheckedIOException if a file is missing, cannot be read, or is not what it should be
     * @throws IllegalArgumentException if there is no such device
     */
    public static TextEncoder open(EncoderSource source, EncoderOptions options) {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(options, "options");
        try (EncoderFiles files = source.open()) {
            AttentionEngine engine = options.device() == null
                    ? AttentionEngine.open(options.engine())
                    : AttentionEngine.open(options.device(), options.engine());
            try {
                return new TextEncoder(files, encoder(engine, files, options), engine, options);
            } catch (Throwable e) {
                engine.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DeviceEncoder encoder(AttentionEngine engine, EncoderFiles files, EncoderOptions options)
            throws IOException {
        int keptRows = (int) Math.min(2L * options.batchTokens(), Integer.MAX_VALUE);
        int longest = options.engine().splitSize() > 0 ? files.maxTokens() : 0;
        return new DeviceEncoder(engine, files, options.weights(), keptRows, longest);
    }

    /** What the model is called: the name of its folder. */
    public String name() {
        return name;
    }

    /** Elements of an embedding. */
    public int dimension() {
        return dimension;
    }

    /** Tokens that are read of a text at most, with the marks of its start and end. */
    public int maxTokens() {
        return maxTokens;
    }

    /**
     * Tokens of a text that the model would read, with the marks of its start and end: at most {@link #maxTokens()}.
     */
    public int countTokens(String text) {
        return tokenizer.read(text, maxTokens).length;
    }

    /** The embedding of a text: {@link #dimension()} numbers. */
    public float[] embed(String text) {
        return embed(List.of(text)).get(0);
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
        Objects.requireNonNull(consumer, "consumer");
        Objects.requireNonNull(progress, "progress");
        Window window = new Window(consumer, progress);
        for (String text : texts) {
            window.add(Objects.requireNonNull(text, "text"));
        }
        window.run();
    }

    /** Texts that were read and wait for others of like lengths. */
    private final class Window {
        private final EmbeddingConsumer consumer;
        private final Progress progress;
        private final List<String> texts = new ArrayList<>();
        private long characters;
        private long done;
        private long doneTokens;

        Window(EmbeddingConsumer consumer, Progress progress) {
            this.consumer = consumer;
            this.progress = progress;
        }

        void add(String text) {
            texts.add(text);
            characters += text.length();
            if (texts.size() == WINDOW_TEXTS || characters > WINDOW_CHARACTERS) {
                run();
            }
        }

        void run() {
            int[][] tokens = texts.parallelStream()
                    .map(text -> tokenizer.read(text, maxTokens))
                    .toArray(int[][]::new);
            int[] lengths = Arrays.stream(tokens).mapToInt(ids -> ids.length).toArray();
            long first = done;
            for (int[] batch : Batches.of(lengths, batchTokens)) {
                float[][] vectors = encoder.vectors(
                        Arrays.stream(batch).mapToObj(i -> tokens[i]).toArray(int[][]::new));
                for (int i = 0; i < batch.length; i++) {
                    consumer.accept(first + batch[i], vectors[i]);
                    doneTokens += lengths[batch[i]];
                }
                done += batch.length;
                progress.at(done, doneTokens);
            }
            texts.clear();
            characters = 0;
        }
    }

    /** The engine that computes, for those who want to know its device. */
    public AttentionEngine engine() {
        return engine;
    }

    /** The device, and which kernels compute a long text there, and why. */
    public String explain() {
        return name + " on " + engine.device().describe() + "\n" + encoder.explain(1, maxTokens);
    }

    /** Frees the device's memory. */
    @Override
    public void close() {
        try {
            encoder.close();
        } finally {
            engine.close(); // frees what is left
        }
    }
}
