package io.github.attention4j.bench.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.transformer.internal.decoder.DecoderFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerationTest {
    @Test
    void whatIsBroughtAlongWritesTheSameTextOnOpenClAndInJava() throws IOException {
        try (DecoderFiles decoder = Generation.broughtAlong();
                AttentionEngine java = AttentionEngine.open("java");
                AttentionEngine openCl = AttentionEngine.open("cpu:0")) {
            int[] prompt = decoder.tokenizer().encode("It is a truth universally acknowledged, that");
            List<Integer> heard = new ArrayList<>();
            Generation expected = Generation.of(java, decoder, prompt, 32, heard::add);
            Generation generation = Generation.of(openCl, decoder, prompt, 32, token -> {});
            String text = decoder.tokenizer().decode(generation.tokens());
            assertEquals(decoder.tokenizer().decode(expected.tokens()), text);
            assertEquals(32, generation.tokens().length);
            assertArrayEquals(
                    expected.tokens(),
                    heard.stream().mapToInt(Integer::intValue).toArray());
            assertTrue(text.matches("(?s)[ -~\n]+"), text);
        }
    }

    @Test
    void aTextMayFillThePositionsButNotMore() throws IOException {
        int[] prompt = new int[500];
        Arrays.fill(prompt, 300);
        try (DecoderFiles decoder = Generation.broughtAlong();
                AttentionEngine engine = AttentionEngine.open("java")) {
            Generation generation = Generation.of(engine, decoder, prompt, 12, token -> {});
            assertTrue(generation.tokens().length <= 12);
            assertComplains(engine, decoder, prompt, 13, "--tokens must be from 1 to 12, but is 13");
            assertComplains(engine, decoder, new int[512], 1, "the prompt must have from 1 to 511 tokens, but has 512");
            assertComplains(engine, decoder, new int[0], 1, "but has 0");
        }
    }

    private static void assertComplains(
            AttentionEngine engine, DecoderFiles decoder, int[] prompt, int count, String expected) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> Generation.of(engine, decoder, prompt, count, token -> {}));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
