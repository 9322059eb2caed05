package io.github.attention4j.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What applications do with an encoder: a small one with random weights. */
class TextEncoderTest {
    private static final float CLOSE = 2e-6f;

    @TempDir
    static Path folder;

    private static TextEncoder encoder;

    @BeforeAll
    static void open() throws IOException {
        SmallModel.write(folder, DType.F32);
        encoder = TextEncoder.open(folder, EncoderOptions.defaults().withBatchTokens(256));
    }

    @AfterAll
    static void close() {
        encoder.close();
    }

    /** Texts of any lengths, none among them. */
    private static List<String> texts(int count) {
        Random random = new Random(count);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (int words = random.nextInt(60) / (1 + random.nextInt(20)); words > 0; words--) {
                text.append(List.of("the", "cats", "sleep,", "ab", "c", "日本").get(random.nextInt(6)))
                        .append(' ');
            }
            texts.add(text.toString());
        }
        return texts;
    }

    @Test
    void aTextHasTheSameEmbeddingAloneAndInAnyBatch() {
        List<String> texts = texts(100);
        List<float[]> together = encoder.embed(texts);
        for (int i = 0; i < texts.size(); i++) {
            assertArrayEquals(encoder.embed(texts.get(i)), together.get(i), CLOSE);
        }
        List<String> turned = new ArrayList<>(texts);
        Collections.reverse(turned);
        List<float[]> others = encoder.embed(turned);
        Collections.reverse(others);
        for (int i = 0; i < texts.size(); i++) {
            assertArrayEquals(others.get(i), together.get(i), CLOSE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "cpu:0"})
    void withASplitSizeTheBitsAreTheSameToo(String device) {
        EncoderOptions options = EncoderOptions.defaults()
                .withDevice(device)
                .withEngine(EngineOptions.defaults().withSplitSize(64));
        try (TextEncoder same = TextEncoder.open(folder, options)) {
            List<String> texts = texts(60);
            List<float[]> together = same.embed(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertArrayEquals(same.embed(texts.get(i)), together.get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "reference"})
    void everyDeviceGivesTheSame(String device) {
        try (TextEncoder other =
                TextEncoder.open(folder, EncoderOptions.defaults().withDevice(device))) {
            List<String> texts = texts(40);
            List<float[]> expected = encoder.embed(texts);
            List<float[]> actual = other.embed(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get(i), CLOSE);
            }
            assertEquals(device, other.engine().device().id());
            assertTrue(other.explain().contains(device), other.explain());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \t\r\n",
                "\0\u0001\uFFFD",
                "\uD83D\uDE00\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
                "\uD83D", // half a letter
                "e\u0301\u0327\u0300\u0300\u0300",
                "\u202Eabc\u202C\uFEFF",
                "שלום عليكم สวัสดี नमस्ते",
                "[CLS] [MASK] [SEP] [PAD]",
                "ﷺ𝕬𝖇𝖈"
            })
    void anyTextHasAnEmbedding(String text) {
        float[] vector = encoder.embed(text);
        assertEquals(encoder.dimension(), vector.length);
        double square = 0;
        for (float element : vector) {
            square += element * element;
        }
        assertEquals(1, square, 1e-5);
        int tokens = encoder.countTokens(text);
        assertTrue(tokens >= 2 && tokens <= encoder.maxTokens(), "tokens: " + tokens);
    }

    @Test
    void aLongTextCountsAsFarAsTheModelReads() {
        String word = "the cats, ";
        String text = word.repeat(10_000);
        assertEquals(100_000, text.length());
        assertEquals(encoder.maxTokens(), encoder.countTokens(text));
        assertArrayEquals(encoder.embed(word.repeat(encoder.maxTokens())), encoder.embed(text));
        assertEquals(3, encoder.countTokens("a".repeat(100_000)), "a word so long is unknown");
    }

    @Test
    void tenThousandTextsStreamWithProgress() {
        List<String> texts = texts(10_000);
        float[][] vectors = new float[texts.size()][];
        List<Long> progress = new ArrayList<>();
        long[] tokens = new long[1];
        encoder.embed(
                texts,
                (index, vector) -> {
                    assertTrue(vectors[(int) index] == null);
                    vectors[(int) index] = vector;
                },
                (done, doneTokens) -> {
                    progress.add(done);
                    tokens[0] = doneTokens;
                });
        assertTrue(Arrays.stream(vectors).allMatch(vector -> vector != null));
        assertTrue(progress.size() > 100 && progress.get(progress.size() - 1) == texts.size(), progress::toString);
        assertEquals(progress.stream().sorted().distinct().toList(), progress);
        assertEquals(texts.stream().mapToLong(encoder::countTokens).sum(), tokens[0]);
        for (int i = 0; i < texts.size(); i += 999) {
            assertArrayEquals(encoder.embed(texts.get(i)), vectors[i], CLOSE);
        }
    }

    @Test
    void noTextsAreFine() {
        assertEquals(List.of(), encoder.embed(List.of()));
    }

    @Test
    void whatIsThrownOnTheWayArrives() {
        RuntimeException own = new IllegalStateException("enough");
        RuntimeException thrown = assertThrows(
                IllegalStateException.class,
                () -> encoder.embed(
                        texts(10),
                        (index, vector) -> {
                            throw own;
                        },
                        Progress.NONE));
        assertTrue(thrown == own);
        assertThrows(NullPointerException.class, () -> encoder.embed(Arrays.asList("a", null)));
    }

    @Test
    void eightThreadsShareAnEncoder() throws Exception {
        List<String> texts = texts(200);
        List<float[]> expected = encoder.embed(texts);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<List<float[]>>> results = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int from = thread * 5;
                results.add(pool.submit(() -> encoder.embed(texts.subList(from, 150 + from))));
            }
            for (int thread = 0; thread < 8; thread++) {
                List<float[]> actual = results.get(thread).get();
                for (int i = 0; i < actual.size(); i++) {
                    assertArrayEquals(expected.get(thread * 5 + i), actual.get(i), CLOSE);
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aClosedEncoderSaysSo() {
        TextEncoder closed = TextEncoder.open(folder);
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.embed("a"));
    }
}
