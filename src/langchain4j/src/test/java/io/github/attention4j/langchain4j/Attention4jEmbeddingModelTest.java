package io.github.attention4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.listener.EmbeddingModelResponseContext;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import io.github.attention4j.readme.WordNet;
import io.github.attention4j.transformer.EncoderOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against LangChain4j's own model on ONNX Runtime, which reads the same file. */
class Attention4jEmbeddingModelTest {
    /** Of float arithmetic in another order, in six layers; vectors have the length 1. */
    private static final float TOLERANCE = 2e-6f;

    private static final List<TextSegment> TEXTS = Stream.of(
                    "A dog plays in the snow.",
                    "word",
                    "  Ünïcödé, 東京 and \ud83d\ude00 \u200b emoji\t\n",
                    "l'été; e\u0301te\u0301 [MASK] [SEP] ##ing",
                    "supercalifragilisticexpialidocious" + "x".repeat(200),
                    "A sentence that is too long for it. ".repeat(60))
            .map(TextSegment::from)
            .toList();

    private static Attention4jEmbeddingModel ours;
    private static EmbeddingModel theirs;

    @BeforeAll
    static void open() {
        ours = Attention4jEmbeddingModel.allMiniLmL6V2();
        theirs = new AllMiniLmL6V2EmbeddingModel();
    }

    @AfterAll
    static void close() {
        ours.close();
    }

    @Test
    void vectorsAndTokenCountsAreThoseOfLangChain4js() {
        Response<List<Embedding>> expected = theirs.embedAll(TEXTS);
        Response<List<Embedding>> actual = ours.embedAll(TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertClose(
                    expected.content().get(i),
                    actual.content().get(i),
                    TEXTS.get(i).text());
        }
        assertEquals(expected.tokenUsage(), actual.tokenUsage());
    }

    @Test
    void realSentencesHaveTheSameVectors(@TempDir Path folder) throws IOException {
        List<TextSegment> glosses = WordNet.glosses(WordNet.someNouns(folder)).stream()
                .limit(100)
                .map(TextSegment::from)
                .toList();
        List<Embedding> expected = theirs.embedAll(glosses).content();
        List<Embedding> actual = ours.embedAll(glosses).content();
        for (int i = 0; i < glosses.size(); i++) {
            assertClose(expected.get(i), actual.get(i), glosses.get(i).text());
        }
    }

    @Test
    void oneTextIsAsInAList() {
        Response<Embedding> expected = theirs.embed("A dog plays in the snow.");
        Response<Embedding> actual = ours.embed("A dog plays in the snow.");
        assertClose(expected.content(), actual.content(), "alone");
        assertEquals(expected.tokenUsage(), actual.tokenUsage());
        assertClose(ours.embedAll(TEXTS).content().get(0), actual.content(), "in a list");
    }

    @Test
    void whatApplicationsAskAModel() {
        assertEquals(theirs.dimension(), ours.dimension());
        assertEquals("all-MiniLM-L6-v2", ours.modelName());
        assertEquals(List.of(), ours.embedAll(List.of()).content());
        EmbeddingResponse response = ours.embed(request("one", "two"));
        assertEquals(2, response.embeddings().size());
        assertEquals("all-MiniLM-L6-v2", response.metadata().modelName());
        assertEquals(2, response.metadata().tokenUsage().inputTokenCount());
    }

    @Test
    void asynchronously() throws Exception {
        EmbeddingResponse response = ours.embedAsync(request("one", "two")).get(1, TimeUnit.MINUTES);
        assertClose(ours.embed("two").content(), response.embeddings().get(1), "later");
    }

    @Test
    void listenersHearOfIt() {
        List<EmbeddingModelResponseContext> heard = new ArrayList<>();
        EmbeddingModel heardOf = ours.addListener(new EmbeddingModelListener() {
            @Override
            public void onResponse(EmbeddingModelResponseContext context) {
                heard.add(context);
            }
        });
        heardOf.embed("one");
        assertEquals(1, heard.size());
        assertEquals(1, heard.get(0).response().content().size());
    }

    @Test
    void aClosedModelSaysSo() {
        Attention4jEmbeddingModel closed = Attention4jEmbeddingModel.allMiniLmL6V2(
                EncoderOptions.defaults().withDevice("java"));
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.embed("one"));
    }

    private static EmbeddingRequest request(String... texts) {
        return EmbeddingRequest.builder().inputs(texts).build();
    }

    private static void assertClose(Embedding expected, Embedding actual, String text) {
        assertArrayEquals(expected.vector(), actual.vector(), TOLERANCE, text);
    }
}
