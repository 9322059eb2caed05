package io.github.attention4j.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Folders as they should be, and all kinds of damaged ones. */
class ModelFolderTest {
    private static final EncoderOptions JAVA = EncoderOptions.defaults().withDevice("java");
    private static final String TEXT = "The cats sleep, a cab.";

    @TempDir
    Path folder;

    private float[] embedding() {
        try (TextEncoder encoder = TextEncoder.open(folder, JAVA)) {
            return encoder.embed(TEXT);
        }
    }

    @Test
    void whatTheFilesSayIsWhatTheEncoderIs() throws IOException {
        SmallModel.write(folder, DType.F32);
        Files.writeString(folder.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 20}");
        try (TextEncoder encoder = TextEncoder.open(folder, JAVA)) {
            assertEquals(folder.getFileName().toString(), encoder.name());
            assertEquals(SmallModel.WIDTH, encoder.dimension());
            assertEquals(20, encoder.maxTokens());
            assertEquals(20, encoder.countTokens("cat ".repeat(100)));
            assertEquals(12, encoder.countTokens(TEXT));
            double square = 0;
            for (float element : encoder.embed(TEXT)) {
                square += element * element;
            }
            assertEquals(1, square, 1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16"})
    void weightsOfSixteenBitsGiveNearlyTheSame(DType type) throws IOException {
        SmallModel.write(folder, DType.F32);
        float[] expected = embedding();
        SmallModel.write(folder, type);
        assertArrayEquals(expected, embedding(), type == DType.F16 ? 2e-3f : 2e-2f);
    }

    @Test
    void weightsInSeveralFilesGiveTheSame() throws IOException {
        SmallModel.write(folder, DType.F32);
        float[] expected = embedding();
        Files.delete(folder.resolve("model.safetensors"));
        SmallModel.writeShards(folder);
        assertArrayEquals(expected, embedding());
        edit("model.safetensors.index.json", text -> text.replace("model-00002", "../model-00002"));
        assertComplains("must name a .safetensors file of the folder");
    }

    @Test
    void poolingIsAsTheFolderSays() throws IOException {
        SmallModel.write(folder, DType.F32);
        float[] mean = embedding();
        edit("1_Pooling/config.json", text -> text.replace("cls_token\": false", "cls_token\": true"));
        assertComplains("has [pooling_mode_cls_token, pooling_mode_mean_tokens]");
        edit("1_Pooling/config.json", text -> text.replace("mean_tokens\": true", "mean_tokens\": false"));
        assertTrue(Math.abs(mean[0] - embedding()[0]) > 1e-3);
        edit("modules.json", text -> text.replace("Normalize", "Dense"));
        assertComplains("Transformer, Pooling and Normalize only, but has sentence_transformers.models.Dense");
        edit("modules.json", text -> text.replace("1_Pooling", "../1_Pooling"));
        assertComplains("must name a folder beside it for Pooling");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.json|\"bert\"|\"t5\"|must have \"bert\"",
                "config.json|\"hidden_size\": 48|\"hidden_size\": -48|number hidden_size from 1 to 65536, but has -48",
                "config.json|\"hidden_size\": 48|\"hidden_size\": 2000000000000|hidden_size from 1 to 65536",
                "config.json|\"hidden_size\": 48|\"hidden_size\": \"wide\"|but has \"wide\"",
                "config.json|\"hidden_size\": 48|\"hidden_size\": 51|word_embeddings.weight",
                "config.json|\"vocab_size\": 19|\"vocab_size\": 16777216|must have shape [16777216, 48], but has [19, 48]",
                "config.json|\"vocab_size\": 19|\"vocab_size\": 18|tokenizer.json belongs to another model",
                "config.json|\"num_attention_heads\": 3|\"num_attention_heads\": 5|a divisor of hidden_size=48",
                "config.json|\"num_hidden_layers\": 2|\"num_hidden_layers\": 3|has no tensor encoder.layer.2",
                "config.json|\"gelu\"|\"maxout\"|must have gelu",
                "config.json|1e-12|-1|a positive number layer_norm_eps",
                "config.json|{|[|must be JSON",
                "tokenizer.json|\"WordPiece\"|\"Unigram\"|must have a WordPiece vocabulary",
                "tokenizer.json|BertNormalizer|NFKC|must have a BertNormalizer",
                "tokenizer.json|\"[SEP]\": 3|\"[SEP]\": -3|but [SEP] has -3",
                "tokenizer.json|\"[SEP]\": 3|\"[SOP]\": 3|the piece [SEP]",
            })
    void whatIsWrongIsNamed(String file, String from, String to, String expected) throws IOException {
        SmallModel.write(folder, DType.F32);
        edit(file, text -> text.replace(from, to));
        assertComplains(expected);
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        assertComplains("config.json");
        SmallModel.write(folder, DType.F32);
        Files.delete(folder.resolve("model.safetensors"));
        assertComplains("must hold model.safetensors or model.safetensors.index.json");
        Files.writeString(folder.resolve("pytorch_model.bin"), "");
        assertComplains("save the model as safetensors");
    }

    @Test
    void aFileCutShortIsRefusedAtWhateverByte() throws IOException {
        SmallModel.write(folder, DType.F32);
        Path file = folder.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 8, 9, 1000, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertComplains("model.safetensors");
        }
    }

    private void edit(String file, UnaryOperator<String> change) throws IOException {
        Path path = folder.resolve(file);
        String before = Files.readString(path);
        String after = change.apply(before);
        assertTrue(!after.equals(before), "the test changes nothing in " + before);
        Files.writeString(path, after);
    }

    private void assertComplains(String expected) {
        UncheckedIOException e = assertThrows(
                UncheckedIOException.class, () -> TextEncoder.open(folder, JAVA).close());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
