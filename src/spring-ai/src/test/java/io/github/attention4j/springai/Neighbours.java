package io.github.attention4j.springai;

import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.ai.vectorstore.VectorStore;

/** The example of the README: embeds WordNet's glosses and prints those that are nearest to a question. */
public final class Neighbours {
    private Neighbours() {}

    /** Arguments: WordNet's data.noun, a question. */
    public static void main(String[] arguments) throws IOException {
        TextEncoder encoder = TextEncoder.open(EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults());
        try (Attention4jEmbeddingModel model = new Attention4jEmbeddingModel(encoder)) {
            search(model, Path.of(arguments[0]), arguments[1]);
        }
    }

    private static void search(EmbeddingModel model, Path nouns, String question) throws IOException {
        List<Document> glosses = Files.readAllLines(nouns).stream() // /usr/share/wordnet/data.noun
                .filter(line -> line.contains(" | "))
                .map(line -> new Document(line.split(" \\| ")[1]))
                .toList();
        VectorStore store = SimpleVectorStore.builder(model).build();
        store.add(glosses);
        SearchRequest asked = SearchRequest.builder().query(question).topK(5).build();
        store.similaritySearch(asked).forEach(gloss -> System.out.println(gloss.getText()));
    }
}
