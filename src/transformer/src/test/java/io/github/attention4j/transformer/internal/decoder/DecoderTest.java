package io.github.attention4j.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.testing.Golden;
import io.github.attention4j.testing.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The weights in f32 against what PyTorch computes with them; those brought along, between engines. */
class DecoderTest {
    private static final int PROMPT = 64;

    @ParameterizedTest
    @CsvSource({"java,64", "cpu:0,64", "java,1", "java,7", "cpu:0,7"})
    void allTokensAreThoseOfAnotherImplementation(String device, int chunk) throws IOException {
        int[] all = SharedDecoder.golden().ids("greedy_ids");
        try (AttentionEngine engine = AttentionEngine.open(device)) {
            List<Integer> heard = new ArrayList<>();
            Generation generation = Generation.of(
                    engine,
                    SharedDecoder.decoder(),
                    Arrays.copyOf(all, PROMPT),
                    all.length - PROMPT,
                    chunk,
                    heard::add);
            assertArrayEquals(Arrays.copyOfRange(all, PROMPT, all.length), generation.tokens());
            assertArrayEquals(
                    generation.tokens(),
                    heard.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "cpu:0"})
    void scoresAndFirstAttentionAreThoseOfAnotherImplementation(String device) throws IOException {
        Golden golden = SharedDecoder.golden();
        Decoder decoder = SharedDecoder.decoder();
        try (AttentionEngine engine = AttentionEngine.open(device);
                CachedAttention attention = new CachedAttention(engine, decoder.config())) {
            float[] rows = decoder.forward(SharedDecoder.prompt(), (layer, query, key, value) -> {
                float[] out = attention.attend(layer, query, key, value);
                if (layer == 0) {
                    float[] expected = rowsFirst(golden.floats("layer00_attn_out"), 4, 256, 32);
                    assertEquals(expected.length, out.length);
                    assertEquals(0, Verdict.largestDifference(out, expected), 1e-4);
                }
                return out;
            });
            float[] expected = golden.floats("logits");
            float[] scores = decoder.scores(rows);
            assertEquals(expected.length, scores.length);
            assertEquals(0, Verdict.largestDifference(scores, expected), 1e-3);
        }
    }

    /** From [heads, rows, columns] to [rows, heads, columns]. */
    private static float[] rowsFirst(float[] x, int heads, int rows, int columns) {
        float[] y = new float[x.length];
        for (int head = 0; head < heads; head++) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(x, (head * rows + row) * columns, y, (row * heads + head) * columns, columns);
            }
        }
        return y;
    }

    @Test
    void whatIsBroughtAlongWritesTheSameTextOnOpenClAndInJava() throws IOException {
        Decoder decoder = Decoder.broughtAlong();
        int[] prompt = decoder.tokenizer().encode("It is a truth universally acknowledged, that");
        try (AttentionEngine java = AttentionEngine.open("java");
                AttentionEngine openCl = AttentionEngine.open("cpu:0")) {
            Generation expected = Generation.of(java, decoder, prompt, 32, Generation.CHUNK, token -> {});
            Generation generation = Generation.of(openCl, decoder, prompt, 32, Generation.CHUNK, token -> {});
            String text = decoder.tokenizer().decode(generation.tokens());
            assertEquals(decoder.tokenizer().decode(expected.tokens()), text);
            assertEquals(32, generation.tokens().length);
            assertTrue(text.matches("(?s)[ -~\n]+"), text);
        }
    }

    @Test
    void aTextMayFillThePositionsButNotMore() throws IOException {
        Decoder decoder = Decoder.broughtAlong();
        int[] prompt = new int[500];
        Arrays.fill(prompt, 300);
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            Generation generation = Generation.of(engine, decoder, prompt, 12, Generation.CHUNK, token -> {});
            assertTrue(generation.tokens().length <= 12);
            assertComplains(engine, decoder, prompt, 13, "--tokens must be from 1 to 12, but is 13");
            assertComplains(engine, decoder, new int[512], 1, "the prompt must have from 1 to 511 tokens, but has 512");
            assertComplains(engine, decoder, new int[0], 1, "but has 0");
        }
    }

    private static void assertComplains(
            AttentionEngine engine, Decoder decoder, int[] prompt, int count, String expected) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> Generation.of(engine, decoder, prompt, count, Generation.CHUNK, token -> {}));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
