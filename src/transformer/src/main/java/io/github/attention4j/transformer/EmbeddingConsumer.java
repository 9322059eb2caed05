package io.github.attention4j.transformer;

/** Takes embeddings as they are computed. */
@FunctionalInterface
public interface EmbeddingConsumer {
    /**
     * One text's embedding. Calls come one after the other, in no order of texts.
     *
     * @param index which text, counted from 0
     * @param vector the embedding, which is the consumer's from now on
     */
    void accept(long index, float[] vector);
}
