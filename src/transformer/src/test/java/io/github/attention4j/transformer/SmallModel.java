package io.github.attention4j.transformer;

import io.github.attention4j.DType;
import io.github.attention4j.transformer.internal.files.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes folders with a small encoder of random weights. */
final class SmallModel {
    static final int WIDTH = 48;
    static final int INNER = 72;
    static final int LAYERS = 2;
    static final int POSITIONS = 40;

    static final List<String> PIECES = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "sleep", ",", ".", "a", "b", "c", "##a",
            "##b", "##c", "日", "1");

    private SmallModel() {}

    /** One file. */
    static Path write(Path folder, DType type) throws IOException {
        return write(folder, type, INNER);
    }

    /** One file, with so many elements between the halves of the feed-forward part. */
    static Path write(Path folder, DType type, int inner) throws IOException {
        writeText(folder, inner);
        SafetensorsWriter writer = new SafetensorsWriter(type);
        for (Weight weight : weights(inner)) {
            writer.add(weight.name, weight.values, weight.shape);
        }
        writer.write(folder.resolve("model.safetensors"));
        return folder;
    }

    /** Two files and an index, names with a prefix. */
    static Path writeShards(Path folder) throws IOException {
        writeText(folder, INNER);
        List<Weight> weights = weights(INNER);
        StringBuilder index = new StringBuilder();
        for (int shard = 0; shard < 2; shard++) {
            SafetensorsWriter writer = new SafetensorsWriter(DType.F32);
            String file = "model-0000" + (shard + 1) + "-of-00002.safetensors";
            for (int i = shard; i < weights.size(); i += 2) {
                String name = "bert." + weights.get(i).name;
                writer.add(name, weights.get(i).values, weights.get(i).shape);
                index.append(index.isEmpty() ? "" : ", ").append("\"%s\": \"%s\"".formatted(name, file));
            }
            writer.write(folder.resolve(file));
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + index + "}}");
        return folder;
    }

    private static void writeText(Path folder, int inner) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "bert", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": 3, "vocab_size": %d, "max_position_embeddings": %d, "type_vocab_size": 2,
                 "layer_norm_eps": 1e-12, "hidden_act": "gelu"}""".formatted(WIDTH, inner, LAYERS, PIECES.size(), POSITIONS));
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"added_tokens": [{"id": 4, "content": "[MASK]"}],
                 "normalizer": {"type": "BertNormalizer", "strip_accents": null, "lowercase": true},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {%s}}}""".formatted(IntStream.range(0, PIECES.size())
                .mapToObj(i -> "\"" + PIECES.get(i) + "\": " + i)
                .collect(Collectors.joining(", "))));
        Files.writeString(folder.resolve("modules.json"), """
                [{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
                 {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                 {"idx": 2, "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]""");
        Files.createDirectories(folder.resolve("1_Pooling"));
        Files.writeString(
                folder.resolve("1_Pooling/config.json"),
                "{\"word_embedding_dimension\": %d, \"pooling_mode_cls_token\": false, \"pooling_mode_mean_tokens\": true}"
                        .formatted(WIDTH));
    }

    record Weight(String name, float[] values, int... shape) {}

    static List<Weight> weights(int inner) {
        Random random = new Random(1);
        List<Weight> all = new ArrayList<>();
        all.add(weight(random, "embeddings.word_embeddings.weight", PIECES.size(), WIDTH));
        all.add(weight(random, "embeddings.position_embeddings.weight", POSITIONS, WIDTH));
        all.add(weight(random, "embeddings.token_type_embeddings.weight", 2, WIDTH));
        addNorm(all, random, "embeddings.LayerNorm");
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "encoder.layer." + layer + ".";
            for (String part : List.of("query", "key", "value")) {
                addLinear(all, random, prefix + "attention.self." + part, WIDTH, WIDTH);
            }
            addLinear(all, random, prefix + "attention.output.dense", WIDTH, WIDTH);
            addNorm(all, random, prefix + "attention.output.LayerNorm");
            addLinear(all, random, prefix + "intermediate.dense", inner, WIDTH);
            addLinear(all, random, prefix + "output.dense", WIDTH, inner);
            addNorm(all, random, prefix + "output.LayerNorm");
        }
        return all;
    }

    private static void addLinear(List<Weight> all, Random random, String name, int out, int in) {
        all.add(weight(random, name + ".weight", out, in));
        all.add(weight(random, name + ".bias", out));
    }

    private static void addNorm(List<Weight> all, Random random, String name) {
        all.add(weight(random, name + ".weight", WIDTH));
        all.add(weight(random, name + ".bias", WIDTH));
    }

    private static Weight weight(Random random, String name, int... shape) {
        int elements = 1;
        for (int size : shape) {
            elements *= size;
        }
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian() * (shape.length == 1 ? 0.5f : 0.2f);
        }
        return new Weight(name, values, shape);
    }
}
