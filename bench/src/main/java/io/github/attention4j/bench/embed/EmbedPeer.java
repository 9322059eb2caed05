package io.github.attention4j.bench.embed;

import java.util.List;

/** Something that makes embeddings of texts, loaded into the process that asks. */
public interface EmbedPeer extends AutoCloseable {
    /** The version of what runs and how it is used, for people. */
    String version();

    /** Lets it find its best way on some of the texts, such as the size of a batch. */
    default void prepare(List<String> texts) {}

    /** The embeddings of texts, in their order. */
    List<float[]> embed(List<String> texts);

    @Override
    default void close() {}
}
