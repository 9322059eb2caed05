package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

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
    private final Map<Integer, byte[]> bytes = new HashMap<>();
    /** Special tokens by how they are written. */
    private final Map<String, Integer> specials = new LinkedHashMap<>();

    private final Pattern written;
    private final Pattern words;
    private final int start;
    private final int end;

    /**
     * Reads it.
     *
     * @throws IOException if it is of another kind
     */
    public BytePairs(byte[] json) throws IOException {
        this(new JsonFile("tokenizer.json", json));
    }

    /**
     * Reads it.
     *
     * @throws IOException if it is of another kind
     */
    public BytePairs(JsonFile file) throws IOException {
        JsonNode root = file.root();
        if (!root.path("model").path("type").asText().equals("BPE")) {
            throw new IOException("the tokenizer must be a byte-level BPE, but is "
                    + root.path("model").path("type"));
        }
        words = words(root.path("pre_tokenizer"));
        vocabulary = new Vocabulary(root);
        for (JsonNode pair : root.path("model").path("merges")) {
            ranks.put(
                    pair.isArray() ? pair.path(0).asText() + " " + pair.path(1).asText() : pair.asText(), ranks.size());
        }
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.piece(id) != null) {
                bytes.put(id, bytesOf(vocabulary.piece(id)));
            }
        }
        for (JsonNode token : root.path("added_tokens")) {
            specials.put(token.path("content").asText(), token.path("id").asInt());
            bytes.put(token.path("id").asInt(), token.path("content").asText().getBytes(StandardCharsets.UTF_8));
        }
        specials.remove("");
        if (specials.isEmpty()) {
            throw new IOException("the tokenizer must have a special token that ends a text, but has none");
        }
        written = Pattern.compile(specials.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|")));
        end = specials.values().iterator().next();
        start = start(root.path("post_processor"));
    }

    /** How text is split before pairs are joined. */
    private static Pattern words(JsonNode splitter) throws IOException {
        if (splitter.path("type").asText().equals("Sequence")) {
            JsonNode first = splitter.path("pretokenizers").path(0);
            JsonNode second = splitter.path("pretokenizers").path(1);
            String regex = first.path("pattern").path("Regex").asText();
            if (splitter.path("pretokenizers").size() == 2
                    && first.path("type").asText().equals("Split")
                    && first.path("behavior").asText().equals("Isolated")
                    && second.path("type").asText().equals("ByteLevel")
                    && !regex.isEmpty()) {
                try {
                    return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
                } catch (PatternSyntaxException e) {
                    throw new IOException(
                            "the tokenizer splits at a pattern that Java cannot read: " + e.getMessage(), e);
                }
            }
        }
        if (!splitter.path("type").asText().equals("ByteLevel")
                || splitter.path("add_prefix_space").asBoolean()) {
            throw new IOException("the tokenizer must be a byte-level BPE, but its text is split by " + splitter);
        }
        return WORDS;
    }

    /** The token that texts begin with, or −1. */
    private static int start(JsonNode processor) {
        JsonNode template = processor;
        for (JsonNode part : processor.path("processors")) {
            template = part.path("type").asText().equals("TemplateProcessing") ? part : template;
        }
        JsonNode first = template.path("single").path(0).path("SpecialToken").path("id");
        return template.path("special_tokens")
                .path(first.asText())
                .path("ids")
                .path(0)
                .asInt(-1);
    }

    /** Of a piece of the vocabulary; special tokens may be written in other letters. */
    private static byte[] bytesOf(String letters) {
        byte[] bytes = new byte[letters.length()];
        for (int i = 0; i < bytes.length; i++) {
            if (letters.charAt(i) >= BYTES.length) {
                return letters.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = BYTES[letters.charAt(i)];
        }
        return bytes;
    }

    /** The first special token, which ends a text where the model does not say another. */
    public int end() {
        return end;
    }

    /** One more than the largest id of a piece. */
    public int size() {
        return vocabulary.size();
    }

    /** What a model reads of a text: with the token that texts begin with, if there is one. */
    public int[] read(String text) {
        int[] tokens = encode(text);
        if (start < 0) {
            return tokens;
        }
        int[] started = new int[tokens.length + 1];
        started[0] = start;
        System.arraycopy(tokens, 0, started, 1, tokens.length);
        return started;
    }

    /** The tokens of a text. */
    public int[] encode(String text) {
        return encode(text, Integer.MAX_VALUE);
    }

    /** Likewise, but no more than the first {@code most}. */
    int[] encode(String text, int most) {
        List<Integer> tokens = new ArrayList<>();
        int from = 0;
        Matcher special = written.matcher(text);
        while (tokens.size() < most && special.find()) {
            encodeWords(text.substring(from, special.start()), tokens, most);
            tokens.add(specials.get(special.group()));
            from = special.end();
        }
        encodeWords(text.substring(from), tokens, most);
        return tokens.stream().limit(most).mapToInt(Integer::intValue).toArray();
    }

    private void encodeWords(String text, List<Integer> tokens, int most) {
        Matcher found = words.matcher(text);
        while (tokens.size() < most && found.find()) {
            List<String> parts = new ArrayList<>();
            for (byte b : found.group().getBytes(StandardCharsets.UTF_8)) {
                parts.add(String.valueOf(LETTERS[b & 0xff]));
            }
            join(parts);
            for (String part : parts) {
                Integer id = vocabulary.id(part);
                if (id != null) { // a byte that the vocabulary lacks is not read
                    tokens.add(id);
                }
            }
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
        return bytes.getOrDefault(token, new byte[0]);
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
