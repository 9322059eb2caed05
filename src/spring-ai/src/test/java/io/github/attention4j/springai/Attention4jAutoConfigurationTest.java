package io.github.attention4j.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What a Spring Boot application gets, and what its properties change. */
class Attention4jAutoConfigurationTest {
    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(Attention4jAutoConfiguration.class));

    @Test
    void aPropertyNamesTheDeviceAndTheModelIsClosedWithTheApplication() {
        Attention4jEmbeddingModel[] closed = new Attention4jEmbeddingModel[1];
        application
                .withPropertyValues("attention4j.device=java", "attention4j.max-tokens=128")
                .run(context -> {
                    EmbeddingModel model = context.getBean(EmbeddingModel.class);
                    closed[0] = (Attention4jEmbeddingModel) model;
                    assertEquals("java", closed[0].encoder().engine().device().id());
                    assertEquals(128, closed[0].encoder().maxTokens());
                    assertEquals(384, model.embed("A kitten naps.").length);
                });
        assertThrows(IllegalStateException.class, () -> closed[0].embed("A kitten naps."));
    }

    @Test
    void anApplicationsOwnModelStays() {
        application
                .withBean("own", EmbeddingModel.class, OwnModel::new)
                .withPropertyValues("attention4j.device=no such device")
                .run(context -> assertEquals(
                        OwnModel.class, context.getBean(EmbeddingModel.class).getClass()));
    }

    @Test
    void springAisPropertyChoosesAnother() {
        application
                .withPropertyValues("spring.ai.model.embedding=openai")
                .run(context ->
                        assertTrue(context.getBeansOfType(EmbeddingModel.class).isEmpty()));
    }

    @Test
    void springBootFindsIt() {
        ClassLoader loader = getClass().getClassLoader();
        assertTrue(ImportCandidates.load(AutoConfiguration.class, loader)
                .getCandidates()
                .contains(Attention4jAutoConfiguration.class.getName()));
    }

    @Test
    void aWrongModelStopsTheApplicationAndSaysWhichFileIsMissing() {
        assertStops("attention4j.model=no/such/folder", "no/such/folder");
    }

    @Test
    void aWrongDeviceStopsTheApplicationAndSaysWhich() {
        assertStops("attention4j.device=gpu:77", "gpu:77");
    }

    private void assertStops(String property, String part) {
        application.withPropertyValues(property).run(context -> {
            Throwable failure = context.getStartupFailure();
            assertNotNull(failure);
            while (failure.getCause() != null) {
                failure = failure.getCause();
            }
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        });
    }

    @Test
    void propertiesBecomeOptions() {
        Attention4jProperties none = new Attention4jProperties(null, null, null, null);
        assertEquals(DType.F32, none.options().weights());
        Attention4jProperties all = new Attention4jProperties("cpu:0", Path.of("model"), DType.I8, 64);
        assertEquals("cpu:0", all.options().device());
        assertEquals(DType.I8, all.options().weights());
        assertEquals(64, all.options().maxTokens());
        assertFalse(all.source().equals(none.source()));
    }

    private static final class OwnModel implements EmbeddingModel {
        @Override
        public EmbeddingResponse call(EmbeddingRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public float[] embed(Document document) {
            throw new UnsupportedOperationException();
        }
    }
}
