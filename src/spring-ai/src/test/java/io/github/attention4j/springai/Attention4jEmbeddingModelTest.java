package io.github.attention4j.springai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import io.github.attention4j.transformer.TextEncoder;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.TokenCountBatchingStrategy;
import org.springframework.util.MimeTypeUtils;

/** That the framework's calls reach the encoder; what it computes is tested there. */
class Attention4jEmbeddingModelTest {
    /** Batches of other sizes sum in another order. */
    private static final float TOLERANCE = 1e-6f;

    private static final List<String> TEXTS = List.of("A kitten naps.", "Rates rise again, says the bank.", "word");
    private static TextEncoder encoder;
    private static Attention4jEmbeddingModel model;

    @BeforeAll
    static void open() {
        encoder = TextEncoder.open(
                EncoderSource.allMiniLmL6V2(), EncoderOptions.defaults().withDevice("java"));
        model = new Attention4jEmbeddingModel(encoder);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aCallGivesVectorsModelAndUsage() {
        EmbeddingResponse response = model.embedForResponse(TEXTS);
        List<float[]> expected = encoder.embed(TEXTS);
        int tokens = 0;
        for (int i = 0; i < TEXTS.size(); i++) {
            assertEquals(i, response.getResults().get(i).getIndex());
            assertArrayEquals(expected.get(i), response.getResults().get(i).getOutput(), TOLERANCE);
            tokens += encoder.countTokens(TEXTS.get(i));
        }
        assertEquals("all-MiniLM-L6-v2", response.getMetadata().getModel());
        assertEquals(tokens, response.getMetadata().getUsage().getPromptTokens());
        assertEquals(tokens, response.getMetadata().getUsage().getTotalTokens());
    }

    @Test
    void textsAndDocumentsAloneAndInLists() {
        List<float[]> expected = encoder.embed(TEXTS);
        List<Document> documents = TEXTS.stream()
                .map(text -> new Document(text, Map.of("not", "embedded")))
                .toList();
        List<float[]> inBatches =
                model.embed(documents, EmbeddingOptions.builder().build(), new TokenCountBatchingStrategy());
        for (int i = 0; i < TEXTS.size(); i++) {
            assertArrayEquals(expected.get(i), model.embed(TEXTS.get(i)), TOLERANCE);
            assertArrayEquals(expected.get(i), model.embed(documents.get(i)), TOLERANCE);
            assertArrayEquals(expected.get(i), inBatches.get(i), TOLERANCE);
        }
        assertEquals(384, model.dimensions());
        assertTrue(
                model.call(new EmbeddingRequest(List.of(), null)).getResults().isEmpty());
    }

    @Test
    void whatItCannotDoItRefuses() {
        assertRefused(
                EmbeddingOptions.builder().dimensions(256).build(), "256 dimensions, but all-MiniLM-L6-v2 has 384");
        assertRefused(EmbeddingOptions.builder().model("ada").build(), "ada, but this is all-MiniLM-L6-v2");
        Media picture = new Media(MimeTypeUtils.IMAGE_PNG, URI.create("file:a.png"));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> model.embed(new Document(picture, Map.of())))
                .getMessage();
        assertTrue(message.contains("has no text"), message);
    }

    private static void assertRefused(EmbeddingOptions options, String part) {
        EmbeddingRequest request = new EmbeddingRequest(TEXTS, options);
        String message = assertThrows(IllegalArgumentException.class, () -> model.call(request))
                .getMessage();
        assertTrue(message.contains(part), message);
    }
}
