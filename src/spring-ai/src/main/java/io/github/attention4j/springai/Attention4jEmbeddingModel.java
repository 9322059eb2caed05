package io.github.attention4j.springai;

import io.github.attention4j.transformer.TextEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;

/**
 * An embedding model that runs in this JVM, on the best device that is there: a GPU, a processor with an OpenCL driver,
 * or pure Java. Many threads may use one model. Usage counts tokens as the model reads them, with the marks of a text's
 * start and end.
 */
public final class Attention4jEmbeddingModel implements EmbeddingModel, AutoCloseable {
    private final TextEncoder encoder;

    /**
     * Over an encoder, which {@link #close()} closes.
     *
     * @param encoder any that {@link TextEncoder#open} gives
     */
    public Attention4jEmbeddingModel(TextEncoder encoder) {
        this.encoder = Objects.requireNonNull(encoder, "encoder");
    }

    /** What computes: its device, and what else it can. */
    public TextEncoder encoder() {
        return encoder;
    }

    /**
     * The embeddings of texts, in their order; the fastest way for many.
     *
     * @throws IllegalArgumentException if the options ask for another model or another number of dimensions
     */
    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        requireFits(request.getOptions());
        List<String> texts = request.getInstructions();
        Embedding[] embeddings = new Embedding[texts.size()];
        long[] tokens = new long[1];
        encoder.embed(
                texts,
                (index, vector) -> embeddings[(int) index] = new Embedding(vector, (int) index),
                (done, sum) -> tokens[0] = sum);
        DefaultUsage usage = new DefaultUsage(Math.toIntExact(tokens[0]), 0);
        return new EmbeddingResponse(Arrays.asList(embeddings), new EmbeddingResponseMetadata(encoder.name(), usage));
    }

    private void requireFits(EmbeddingOptions options) {
        if (options == null) {
            return;
        }
        if (options.getModel() != null && !options.getModel().equals(encoder.name())) {
            throw new IllegalArgumentException("the options ask for the model " + options.getModel() + ", but this is "
                    + encoder.name() + "; leave the model away, or make another Attention4jEmbeddingModel");
        }
        if (options.getDimensions() != null && options.getDimensions() != dimensions()) {
            throw new IllegalArgumentException("the options ask for " + options.getDimensions() + " dimensions, but "
                    + encoder.name() + " has " + dimensions() + "; leave the dimensions away");
        }
    }

    /**
     * The embedding of a document's text.
     *
     * @throws IllegalArgumentException if it has none
     */
    @Override
    public float[] embed(Document document) {
        String text = getEmbeddingContent(document);
        if (text == null) {
            throw new IllegalArgumentException(
                    "document " + document.getId() + " has no text; this model embeds nothing else");
        }
        return encoder.embed(text);
    }

    @Override
    public int dimensions() {
        return encoder.dimension();
    }

    /** Frees the device's memory. */
    @Override
    public void close() {
        encoder.close();
    }
}
