package io.github.attention4j.transformer.internal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.GoldenFolder;
import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordPieceTest {
    private static final Tokenizer TOKENIZER = read();

    @ParameterizedTest
    @ValueSource(strings = {"minilm-batch4", "minilm-long512", "bge-batch2"})
    void idsEqualThoseOfTheModelsOwnTokenizer(String name) {
        Golden golden = GoldenFolder.require(name);
        int[][] expected = golden.inputs();
        List<String> texts = golden.texts();
        for (int i = 0; i < expected.length; i++) {
            int[] ids = TOKENIZER.encode(texts.get(i));
            int[] framed = TOKENIZER.framed(ids, 0, Math.min(ids.length, 510));
            assertArrayEquals(expected[i], framed, texts.get(i));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Crème brûlée|cr ##eme br ##ule ##e",
                "a\tb\u00a0c|a b c",
                "don't|don ' t",
                "日本|日 本",
                "x\u200by|x ##y",
                "👻🜚|[UNK]",
                "''|''"
            })
    void textIsNormalisedAsBertWasTrained(String text, String pieces) {
        assertEquals(
                pieces,
                Arrays.stream(TOKENIZER.encode(text)).mapToObj(TOKENIZER::piece).collect(Collectors.joining(" ")));
    }

    private static Tokenizer read() {
        try {
            return EncoderFiles.allMiniLmL6V2().tokenizer();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
