package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Byte-level BPE, from a tokenizer.json: words become letters that stand for bytes, and neighbours are joined in the
 * order that was learnt.
 */
public final class BytePairs {
    /**
     * Shortened words, words, numbers and signs, each with the space before it; the last space before a word is the
     * word's.
     */
    private static final Pattern WORDS = Pattern.compile(
            "'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    /**
     * The letter that stands for each byte: bytes that print stand for themselves, the rest for letters from 256 on.
     */
    private static final char[] LETTERS = new char[256];

    private static final byte[] BYTES = new byte[512]; // by letter

    static {
        char next = 256;
        for (int b = 0; b < LETTERS.length; b++) {
            boolean prints = b > ' ' && b <= '~'
                    || b > 160 && b != 173; // 160 and 173 are a space and a hyphen that may not show
            LETTERS[b] = prints ? (char) b : next++;
            BYTES[LETTERS[b]] = (byte) b;
        }
    }

    private final Vocabulary vocabulary;
    private final Map<String, Integer> ranks = new HashMap<>();
    private final List<byte[]> bytes = new ArrayList<>();
    private final String end;
    private final int endId;

    /**
     * Reads it.
     *
     * @throws IOException if it is of another kind
     */
    public BytePairs(byte[] json) throws IOException {
        JsonNode root = new ObjectMapper().readTree(json);
        JsonNode added = root.path("added_tokens");
        if (!root.path("model").path("type").asText().equals("BPE")
                || !root.path("pre_tokenizer").path("type").asText().equals("ByteLevel")
                || added.size() != 1) {
            throw new IOException("the tokenizer must be a byte-level BPE with one special token, but is "
                    + root.path("model").path("type") + " after "
                    + root.path("pre_tokenizer").path("type") + " with "
                    + added.size() + " special tokens");
        }
        vocabulary = new Vocabulary(root);
        for (JsonNode pair : root.path("model").path("merges")) {
            ranks.put(pair.asText(), ranks.size());
        }
        end = added.get(0).path("content").asText();
        endId = added.get(0).path("id").asInt();
        for (int id = 0; id < vocabulary.size(); id++) {
            bytes.add(id == endId ? end.getBytes(StandardCharsets.UTF_8) : bytesOf(vocabulary.piece(id)));
        }
    }

    private static byte[] bytesOf(String letters) {
        byte[] bytes = new byte[letters.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = BYTES[letters.charAt(i)];
        }
        return bytes;
    }

    /** The token that ends a text. */
    public int end() {
        return endId;
    }

    /** The tokens of a text. */
    public int[] encode(String text) {
        List<Integer> tokens = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(end);
        while (at >= 0) {
            encodeWords(text.substring(from, at), tokens);
            tokens.add(endId);
            from = at + end.length();
            at = text.indexOf(end, from);
        }
        encodeWords(text.substring(from), tokens);
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    private void encodeWords(String text, List<Integer> tokens) {
        Matcher words = WORDS.matcher(text);
        while (words.find()) {
            List<String> parts = new ArrayList<>();
            for (byte b : words.group().getBytes(StandardCharsets.UTF_8)) {
                parts.add(String.valueOf(LETTERS[b & 0xff]));
            }
            join(parts);
            parts.forEach(part -> tokens.add(vocabulary.id(part)));
        }
    }

    /** Joins the neighbours that were learnt first, until none are left that were. */
    private void join(List<String> parts) {
        while (true) {
            int best = Integer.MAX_VALUE;
            int at = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = ranks.getOrDefault(parts.get(i) + " " + parts.get(i + 1), Integer.MAX_VALUE);
                if (rank < best) {
                    best = rank;
                    at = i;
                }
            }
            if (at < 0) {
                return;
            }
            parts.set(at, parts.get(at) + parts.remove(at + 1));
        }
    }

    /** The bytes of a token, which may be a part of a letter. */
    public byte[] bytes(int token) {
        return bytes.get(token);
    }

    /** The text of tokens; a sign that says so stands for bytes that are no letter. */
    public String decode(int[] tokens) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int token : tokens) {
            all.writeBytes(bytes(token));
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
