package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What happens to text before WordPiece sees it, as BERT models were trained: control characters go, white space
 * becomes a blank, CJK characters stand alone; of uncased models letters are lower-cased and lose their accents; then
 * words are split at blanks and around punctuation.
 *
 * @param cleans whether control characters go
 * @param splitsCjk whether CJK characters stand alone
 * @param stripsAccents whether letters lose their accents
 * @param lowercases whether letters are lower-cased
 */
record BertText(boolean cleans, boolean splitsCjk, boolean stripsAccents, boolean lowercases) {
    private static final Pattern SPACE = Pattern.compile("[\\t-\\r\\x1c-\\x1f\\p{Z}]");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\x{fffd}]");
    /** The ideograph blocks; Korean and Japanese syllables are written with blanks or as words and stay together. */
    private static final Pattern CJK = Pattern.compile("[\\x{4e00}-\\x{9fff}\\x{3400}-\\x{4dbf}\\x{20000}-\\x{2ceaf}"
            + "\\x{f900}-\\x{faff}\\x{2f800}-\\x{2fa1f}]");

    private static final Pattern ACCENT = Pattern.compile("\\p{Mn}");
    /** To BERT, all of ASCII that is no letter, digit or blank is punctuation. */
    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~\\p{P}]");

    private static final int ASCII = 0x80;
    private static final char DELETE = 0x7f;
    private static final String ALONE = " $0 ";

    /**
     * As a {@code tokenizer.json} says.
     *
     * @throws IOException if it has another kind of normalisation
     */
    static BertText of(JsonFile file) throws IOException {
        JsonNode normalizer = file.object("normalizer");
        if (!normalizer.path("type").asText().equals("BertNormalizer")) {
            throw file.wrong("normalizer", "a BertNormalizer");
        }
        if (!file.object("pre_tokenizer").path("type").asText().equals("BertPreTokenizer")) {
            throw file.wrong("pre_tokenizer", "a BertPreTokenizer");
        }
        boolean lowercases = normalizer.path("lowercase").asBoolean(true);
        return new BertText(
                normalizer.path("clean_text").asBoolean(true),
                normalizer.path("handle_chinese_chars").asBoolean(true),
                normalizer.path("strip_accents").asBoolean(lowercases), // null: as lowercase
                lowercases);
    }

    /** The words and punctuation marks of a text, in order. */
    List<String> words(String text) {
        return text.chars().allMatch(c -> c < ASCII) ? asciiWords(text) : anyWords(text);
    }

    /** The same as {@link #anyWords} in one pass over the text. */
    private List<String> asciiWords(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isBlank = c == ' ' || c >= '\t' && c <= '\r' || c >= 0x1c && c < ' ';
            boolean isControl = c < ' ' || c == DELETE;
            boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (isLetter || isControl && !isBlank) {
                if (isLetter || !cleans) {
                    word.append(lowercases && c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c);
                }
                continue;
            }
            if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
            if (!isBlank) {
                words.add(String.valueOf(c));
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    /** In passes, one for each rule. */
    List<String> anyWords(String text) {
        String clean = SPACE.matcher(text).replaceAll(" ");
        if (cleans) {
            clean = CONTROL.matcher(clean).replaceAll("");
        }
        if (splitsCjk) {
            clean = CJK.matcher(clean).replaceAll(ALONE);
        }
        if (stripsAccents) {
            clean = ACCENT.matcher(Normalizer.normalize(clean, Normalizer.Form.NFD))
                    .replaceAll("");
        }
        if (lowercases) {
            clean = clean.toLowerCase(Locale.ROOT);
        }
        clean = PUNCTUATION.matcher(clean).replaceAll(ALONE);
        return Arrays.stream(clean.split(" ")).filter(word -> !word.isEmpty()).toList();
    }
}
