package io.github.attention4j.bench.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import io.github.attention4j.transformer.internal.text.Tokenizer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunksTest {
    private static final Tokenizer TOKENIZER = read();

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

    private static Tokenizer read() {
        try {
            return EncoderFiles.allMiniLmL6V2().tokenizer();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
