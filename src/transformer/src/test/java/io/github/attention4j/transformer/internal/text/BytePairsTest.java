package io.github.attention4j.transformer.internal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attention4j.transformer.internal.decoder.DecoderFiles;
import io.github.attention4j.transformer.internal.decoder.SharedDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairsTest {
    private final BytePairs tokenizer =
            DecoderFiles.resources("/io/github/attention4j/bench/decoder").tokenizer();

    BytePairsTest() throws IOException {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "It was the best of times,  it was\n\n the worst of times.\t\n",
                "I'll, you're, she's; we'd WE'D 1,024 tokens --- don't",
                "Überraschung: 5 € für 日本語 \uD83D\uDE00 a\u0301 \u00A0\u3000x\r\n",
                "the end<|endoftext|>a beginning<|endoftext|>"
            })
    void textComesBackAsItWas(String text) {
        assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }

    @Test
    void knownTextHasKnownTokens() throws IOException {
        String texts = Files.readString(SharedDecoder.golden().folder().resolve("texts.txt"));
        String label = "PROMPT(256 tokens): ";
        String prompt = texts.substring(texts.indexOf(label) + label.length(), texts.indexOf("\n\nGREEDY"));
        assertArrayEquals(SharedDecoder.prompt(), tokenizer.encode(prompt));
    }

    @Test
    void neighboursAreJoinedInTheOrderThatWasLearnt() throws IOException {
        BytePairs small = new BytePairs("""
                {"added_tokens": [{"id": 0, "content": "<end>"}], "pre_tokenizer": {"type": "ByteLevel"},
                 "model": {"type": "BPE", "vocab": {"<end>": 0, "a": 1, "b": 2, "c": 3, "bc": 4, "ab": 5, "bcbc": 6},
                           "merges": ["b c", "a b", "bc bc"]}}""".getBytes(StandardCharsets.UTF_8));
        assertArrayEquals(new int[] {1, 6, 5, 0, 5}, small.encode("abcbcab<end>ab"));
    }

    @Test
    void anotherKindIsRefused() {
        byte[] json = "{\"model\": {\"type\": \"Unigram\"}}".getBytes(StandardCharsets.UTF_8);
        IOException e = assertThrows(IOException.class, () -> new BytePairs(json));
        assertEquals(true, e.getMessage().contains("Unigram"), e.getMessage());
    }

    @Test
    void aStreamHoldsPartsOfLettersBack() {
        TextStream stream = new TextStream(tokenizer);
        StringBuilder text = new StringBuilder();
        for (int token : tokenizer.encode("a\uD83D\uDE00€")) {
            String more = stream.add(token);
            assertEquals(-1, more.indexOf('\uFFFD'), more);
            text.append(more);
        }
        assertEquals("a\uD83D\uDE00€", text + stream.end());
        int euro = tokenizer.encode("€")[0];
        assertEquals("", stream.add(euro));
        assertEquals("\uFFFD", stream.end());
    }
}
