package io.github.attention4j.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The example of the README: embeds WordNet's glosses and prints those that are nearest to a question. */
public final class Neighbours {
    private Neighbours() {}

    /** Arguments: WordNet's data.noun, a question. */
    public static void main(String[] arguments) throws IOException {
        try (Attention4jEmbeddingModel model = Attention4jEmbeddingModel.allMiniLmL6V2()) {
            search(model, Path.of(arguments[0]), arguments[1]);
        }
    }

    private static void search(EmbeddingModel model, Path nouns, String question) throws IOException {
        List<TextSegment> glosses = Files.readAllLines(nouns).stream() // /usr/share/wordnet/data.noun
                .filter(line -> line.contains(" | "))
                .map(line -> TextSegment.from(line.split(" \\| ")[1]))
                .toList();
        InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
        store.addAll(model.embedAll(glosses).content(), glosses);
        var asked = EmbeddingSearchRequest.builder().maxResults(5);
        asked.queryEmbedding(model.embed(question).content());
        var nearest = store.search(asked.build()).matches();
        nearest.forEach(match -> System.out.println(match.embedded().text()));
    }
}
