package io.github.attention4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.readme.Readme;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The README's examples are parts of programs, and these give what they should. */
class ReadmeTest {
    @BeforeAll
    static void startSpark() {
        LocalSpark.session();
        ExecutorEncoder.get("MiniLM", TextEmbeddingTest::encoder);
    }

    @Test
    void theReadmeQuotesThem() throws Exception {
        Readme.assertQuotes(Attend.class, Embed.class);
    }

    @Test
    void attentionOverShards() throws Exception {
        assertEquals(List.of("8192 numbers over 8192 keys"), Readme.lines(Attend::main));
    }

    @Test
    void textsBecomeVectors() throws Exception {
        assertEquals(
                List.of("[A kitten naps.,384]", "[Rates rise.,384]"),
                Readme.lines(Embed::main, "A kitten naps.", "Rates rise."));
    }
}
