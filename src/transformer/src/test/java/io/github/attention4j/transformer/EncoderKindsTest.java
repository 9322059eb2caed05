package io.github.attention4j.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.transformer.internal.files.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of each kind of the BERT family against plain loops over the same weights. */
class EncoderKindsTest {
    private static final EncoderOptions JAVA = EncoderOptions.defaults().withDevice("java");
    private static final Map<String, float[]> WEIGHTS = SmallModel.weights(SmallModel.INNER).stream()
            .collect(Collectors.toMap(SmallModel.Weight::name, SmallModel.Weight::values));
    private static final int HEADS = 3;
    private static final double CLOSE = 2e-6;

    /** A vocabulary in which "the cats" is {@code <s> the Ġca t s </s>}. */
    private static final List<String> PIECES = List.of(
            "<s>", "<pad>", "</s>", "<unk>", "t", "h", "e", "c", "a", "Ġ", "th", "the", "Ġc", "Ġca", "s", "l", "p", "b",
            ".");

    private static final String BYTE_PAIRS = """
            {"added_tokens": [{"id": 0, "content": "<s>"}, {"id": 2, "content": "</s>"}], "normalizer": null,
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
             "post_processor": %s,
             "model": {"type": "BPE", "merges": ["t h", "th e", "Ġ c", "Ġc a"], "vocab": {%s}}}""";

    private static final String ROBERTA =
            "{\"type\": \"RobertaProcessing\", \"sep\": [\"</s>\", 2], \"cls\": [\"<s>\", 0], \"add_prefix_space\": false}";
    private static final String TEMPLATE = """
            {"type": "TemplateProcessing",
             "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
             "special_tokens": {"<s>": {"id": "<s>", "ids": [0]}, "</s>": {"id": "</s>", "ids": [2]}}}""";

    @TempDir
    Path folder;

    private void write(String config, UnaryOperator<String> names) throws IOException {
        SmallModel.write(folder, DType.F32); // the other files
        Files.writeString(folder.resolve("config.json"), config);
        SafetensorsWriter writer = new SafetensorsWriter(DType.F32);
        for (SmallModel.Weight weight : SmallModel.weights(SmallModel.INNER)) {
            String name = names.apply(weight.name());
            if (name != null) {
                writer.add(name, weight.values(), weight.shape());
            }
        }
        writer.write(folder.resolve("model.safetensors"));
    }

    private static String bert(String type) {
        return """
                {"model_type": "%s", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d, "pad_token_id": 1,
                 "num_attention_heads": %d, "vocab_size": %d, "max_position_embeddings": %d, "type_vocab_size": 2,
                 "layer_norm_eps": 1e-5}""".formatted(
                        type,
                        SmallModel.WIDTH,
                        SmallModel.INNER,
                        SmallModel.LAYERS,
                        HEADS,
                        SmallModel.PIECES.size(),
                        SmallModel.POSITIONS);
    }

    private static String byteEncoding(String processor) {
        return BYTE_PAIRS.formatted(
                processor,
                IntStream.range(0, PIECES.size())
                        .mapToObj(i -> "\"" + PIECES.get(i) + "\": " + i)
                        .collect(Collectors.joining(", ")));
    }

    private void check(int tokens, String text, PlainEncoder plain, int... ids) {
        double[] expected = plain.embed(ids);
        for (String device : List.of("java", "reference")) {
            try (TextEncoder encoder = TextEncoder.open(folder, JAVA.withDevice(device))) {
                assertEquals(tokens, encoder.maxTokens());
                assertEquals(ids.length, encoder.countTokens(text));
                float[] actual =
                        encoder.embed(List.of("the the the the.", text)).get(1);
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], actual[i], CLOSE, device);
                }
            }
        }
    }

    @Test
    void bert() throws IOException {
        write(bert("bert"), name -> name);
        check(SmallModel.POSITIONS, "The cats", new PlainEncoder(WEIGHTS, HEADS, 1e-5, 0, true), 2, 5, 6, 7, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {ROBERTA, TEMPLATE})
    void positionsOfRobertaBeginBehindThePadding(String processor) throws IOException {
        write(bert("roberta"), name -> "roberta." + name);
        Files.writeString(folder.resolve("tokenizer.json"), byteEncoding(processor));
        PlainEncoder plain = new PlainEncoder(WEIGHTS, HEADS, 1e-5, 2, true);
        check(SmallModel.POSITIONS - 2, "the cats", plain, 0, 11, 13, 4, 14, 2);
        try (TextEncoder encoder = TextEncoder.open(folder, JAVA)) {
            assertEquals(SmallModel.POSITIONS - 2, encoder.countTokens("the cats ".repeat(100)));
            assertEquals(2, encoder.countTokens(""));
        }
    }

    @Test
    void distilBertHasOtherNamesAndNoTypes() throws IOException {
        String config = """
                {"model_type": "distilbert", "dim": %d, "hidden_dim": %d, "n_layers": %d, "n_heads": %d, "vocab_size": %d,
                 "max_position_embeddings": %d, "activation": "gelu", "sinusoidal_pos_embds": false}""".formatted(
                        SmallModel.WIDTH,
                        SmallModel.INNER,
                        SmallModel.LAYERS,
                        HEADS,
                        SmallModel.PIECES.size(),
                        SmallModel.POSITIONS);
        Map<String, String> parts = Map.of(
                "attention.self.query", "attention.q_lin",
                "attention.self.key", "attention.k_lin",
                "attention.self.value", "attention.v_lin",
                "attention.output.dense", "attention.out_lin",
                "attention.output.LayerNorm", "sa_layer_norm",
                "intermediate.dense", "ffn.lin1",
                "output.dense", "ffn.lin2",
                "output.LayerNorm", "output_layer_norm");
        write(config, name -> {
            if (name.contains("token_type")) {
                return null;
            }
            if (!name.startsWith("encoder.layer.")) {
                return "distilbert." + name;
            }
            String layer = name.substring("encoder.layer.".length(), "encoder.layer.0.".length());
            String part = name.substring("encoder.layer.0.".length(), name.lastIndexOf('.'));
            return "distilbert.transformer.layer." + layer + parts.get(part) + name.substring(name.lastIndexOf('.'));
        });
        check(SmallModel.POSITIONS, "The cats", new PlainEncoder(WEIGHTS, HEADS, 1e-12, 0, false), 2, 5, 6, 7, 3);
        Files.writeString(folder.resolve("config.json"), config.replace("\"n_heads\": " + HEADS, "\"n_heads\": 5"));
        assertComplains("a divisor of dim=48 as n_heads");
    }

    @Test
    void whatIsNotReadIsNamed() throws IOException {
        write(bert("xlm-roberta"), name -> name);
        Path tokenizer = folder.resolve("tokenizer.json");
        Files.writeString(tokenizer, "{\"model\": {\"type\": \"Unigram\", \"vocab\": []}}");
        assertComplains("must have a WordPiece vocabulary or a byte-level BPE");
        Files.writeString(tokenizer, byteEncoding("{\"type\": \"ByteLevel\"}"));
        assertComplains("must have marks of start and end as post_processor");
        write(bert("mpnet"), name -> name);
        assertComplains("\"roberta\" or \"distilbert\"");
    }

    private void assertComplains(String expected) {
        UncheckedIOException e = assertThrows(
                UncheckedIOException.class, () -> TextEncoder.open(folder, JAVA).close());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
