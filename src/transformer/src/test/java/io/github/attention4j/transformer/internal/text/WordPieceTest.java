package io.github.attention4j.transformer.internal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.GoldenFolder;
import io.github.attention4j.transformer.internal.encoder.Chunks;
import io.github.attention4j.transformer.internal.encoder.EncoderModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordPieceTest {
    private static final WordPiece TOKENIZER = read();

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

    @Test
    void longTextsBecomeFullChunksAndARest() {
        List<int[][]> batches = Chunks.of(TOKENIZER, "word ".repeat(25), 12);
        assertEquals(2, batches.size());
        assertEquals(2, batches.get(0).length);
        assertEquals(12, batches.get(0)[1].length);
        assertEquals(7, batches.get(1)[0].length);
    }

    @Test
    void anEmptyTextIsStillAnInput() {
        assertArrayEquals(new int[] {101, 102}, Chunks.of(TOKENIZER, " \n", 512).get(0)[0]);
    }

    private static WordPiece read() {
        try {
            return EncoderModel.miniLmFiles().tokenizer();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
