package io.github.attention4j.springai;

import io.github.attention4j.transformer.TextEncoder;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Gives a Spring Boot application an {@link EmbeddingModel} if it has none of its own. Where several artifacts offer
 * one, Spring AI's property {@code spring.ai.model.embedding=attention4j} chooses this.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "spring.ai.model.embedding", havingValue = "attention4j", matchIfMissing = true)
@EnableConfigurationProperties(Attention4jProperties.class)
public class Attention4jAutoConfiguration {
    /** Made by Spring. */
    public Attention4jAutoConfiguration() {}

    /** Reads the model; Spring closes it with the application. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(EmbeddingModel.class)
    public Attention4jEmbeddingModel attention4jEmbeddingModel(Attention4jProperties properties) {
        return new Attention4jEmbeddingModel(TextEncoder.open(properties.source(), properties.options()));
    }
}
