package io.github.attention4j.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.DType;
import io.github.attention4j.transformer.internal.decoder.SharedDecoder;
import io.github.attention4j.transformer.internal.files.JsonFile;
import io.github.attention4j.transformer.internal.text.BytePairs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small decoder that the bench brings along, as a folder. */
class TextDecoderTest {
    private static final String PROMPT = "It is a truth universally acknowledged, that";

    @TempDir
    static Path folder;

    @BeforeAll
    static void unpack() throws IOException {
        for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            try (InputStream in =
                    TextDecoderTest.class.getResourceAsStream("/io/github/attention4j/bench/decoder/" + file)) {
                Files.copy(in, folder.resolve(file));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "cpu:0"})
    void allTokensAreThoseOfAnotherImplementation(String device) throws IOException {
        int[] all = SharedDecoder.golden().ids("greedy_ids");
        Path shared = SharedDecoder.golden().folder();
        BytePairs tokenizer = new BytePairs(new JsonFile(shared.resolve("tokenizer.json")));
        try (TextDecoder decoder =
                TextDecoder.open(shared, DecoderOptions.defaults().withDevice(device))) {
            String text = decoder.generate(tokenizer.decode(Arrays.copyOf(all, 64)), all.length - 64);
            assertEquals(tokenizer.decode(Arrays.copyOfRange(all, 64, all.length)), text);
        }
    }

    @Test
    void devicesWriteTheSameText() {
        List<String> texts = Stream.of("java", "cpu:0", "reference")
                .map(device -> {
                    try (TextDecoder decoder =
                            TextDecoder.open(folder, DecoderOptions.defaults().withDevice(device))) {
                        return decoder.generate(PROMPT, 24);
                    }
                })
                .toList();
        assertEquals(1, texts.stream().distinct().count(), texts::toString);
        assertTrue(texts.get(0).matches("(?s)[ -~\n]+"), texts.get(0));
    }

    @Test
    void aTextDoesNotDependOnTheOneBefore() {
        try (TextDecoder decoder = TextDecoder.open(folder)) {
            String first = decoder.generate(PROMPT, 20);
            String other = decoder.generate("My dear " + "sister, ".repeat(30), 20);
            List<String> pieces = new ArrayList<>();
            assertEquals(20, decoder.generate(PROMPT, 20, pieces::add));
            assertEquals(first, String.join("", pieces));
            assertTrue(!first.equals(other));
            assertTrue(decoder.explain().contains("linear"), decoder.explain());
        }
    }

    @Test
    void drawnTextsFollowTheSeed() {
        try (TextDecoder decoder =
                TextDecoder.open(folder, DecoderOptions.defaults().withDevice("java"))) {
            String best = decoder.generate(PROMPT, 20);
            List<String> texts = Stream.of(
                            Sampling.greedy(),
                            Sampling.withTemperature(1, 1).withTopK(1),
                            Sampling.withTemperature(1.5, 1).withTopP(0.9),
                            Sampling.withTemperature(1.5, 1).withTopP(0.9),
                            Sampling.withTemperature(1.5, 2).withTopP(0.9))
                    .map(sampling -> {
                        StringBuilder text = new StringBuilder();
                        decoder.generate(PROMPT, 20, sampling, text::append);
                        return text.toString();
                    })
                    .toList();
            assertEquals(List.of(best, best), texts.subList(0, 2));
            assertEquals(texts.get(2), texts.get(3));
            assertEquals(3, texts.stream().distinct().count(), texts::toString);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16", "I8"})
    void smallerWeightsWriteText(DType type) {
        try (TextDecoder decoder =
                TextDecoder.open(folder, DecoderOptions.defaults().withWeights(type))) {
            String text = decoder.generate(PROMPT, 20);
            assertTrue(text.matches("(?s)[ -~\n]{10,}"), text);
        }
    }

    @Test
    void lengthsAreChecked() {
        TextDecoder decoder = TextDecoder.open(folder, DecoderOptions.defaults().withMaxTokens(40));
        assertEquals(40, decoder.maxTokens());
        assertComplains(decoder, "", 1, "but are 0 and 1");
        assertComplains(decoder, "It", 40, "at most 40 together");
        assertComplains(decoder, "It", 0, "and 0");
        assertEquals(0, decoder.countTokens(""));
        decoder.close();
        decoder.close();
        assertThrows(IllegalStateException.class, () -> decoder.generate("It", 1));
    }

    private static void assertComplains(TextDecoder decoder, String prompt, int tokens, String expected) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> decoder.generate(prompt, tokens));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
