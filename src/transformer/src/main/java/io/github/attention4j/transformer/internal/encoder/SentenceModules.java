package io.github.attention4j.transformer.internal.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.attention4j.transformer.Pooling;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What follows the last layer, as Sentence Transformers says it in {@code modules.json}, {@code 1_Pooling/config.json}
 * and {@code sentence_bert_config.json}. A folder without them gives the mean of the rows as it is, as that library
 * does.
 *
 * @param pooling how rows become a vector
 * @param normalized whether vectors are scaled to length 1
 * @param maxTokens tokens that are read of a text; the largest number if it is not said
 */
record SentenceModules(Pooling pooling, boolean normalized, int maxTokens) {
    private static final String POOLING = "1_Pooling";

    static SentenceModules of(Path folder) throws IOException {
        Path limits = folder.resolve("sentence_bert_config.json");
        int maxTokens = Files.exists(limits)
                ? new JsonFile(limits).integer("max_seq_length", 2, Integer.MAX_VALUE, Integer.MAX_VALUE)
                : Integer.MAX_VALUE;
        Path modules = folder.resolve("modules.json");
        if (!Files.exists(modules)) {
            return new SentenceModules(pooling(folder.resolve(POOLING)), false, maxTokens);
        }
        Pooling pooling = Pooling.MEAN;
        boolean normalized = false;
        for (JsonNode module : new ObjectMapper().readTree(modules.toFile())) {
            String type = module.path("type").asText();
            switch (type.substring(type.lastIndexOf('.') + 1)) {
                case "Transformer" -> {}
                case "Pooling" -> pooling = pooling(folder.resolve(pathOf(modules, module)));
                case "Normalize" -> normalized = true;
                default ->
                    throw new IOException(modules + " must name Transformer, Pooling and Normalize only, but has "
                            + (type.isEmpty() ? module : type));
            }
        }
        return new SentenceModules(pooling, normalized, maxTokens);
    }

    private static String pathOf(Path modules, JsonNode module) throws IOException {
        String path = module.path("path").asText();
        if (!path.matches("\\w[\\w-]*")) {
            throw new IOException(
                    modules + " must name a folder beside it for Pooling, but has " + module.path("path"));
        }
        return path;
    }

    private static Pooling pooling(Path folder) throws IOException {
        Path config = folder.resolve("config.json");
        if (!Files.exists(config)) {
            return Pooling.MEAN;
        }
        List<String> modes = new ArrayList<>();
        new JsonFile(config).root().properties().forEach(entry -> {
            if (entry.getKey().startsWith("pooling_mode_") && entry.getValue().asBoolean()) {
                modes.add(entry.getKey());
            }
        });
        if (modes.equals(List.of("pooling_mode_mean_tokens"))) {
            return Pooling.MEAN;
        }
        if (modes.equals(List.of("pooling_mode_cls_token"))) {
            return Pooling.FIRST;
        }
        throw new IOException(config + " must ask for the mean of the tokens or the first token, but has " + modes);
    }
}
