package io.github.attention4j.transformer.internal.text;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What happens to text before WordPiece sees it, as the uncased BERT models were trained: control characters go, white
 * space becomes a blank, CJK characters stand alone, letters are lower-cased and lose their accents; then words are
 * split at blanks and around punctuation.
 */
final class BertText {
    private static final Pattern SPACE = Pattern.compile("[\\t-\\r\\x1c-\\x1f\\p{Z}]");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\x{fffd}]");
    /** The ideograph blocks; Korean and Japanese syllables are written with blanks or as words and stay together. */
    private static final Pattern CJK = Pattern.compile("[\\x{4e00}-\\x{9fff}\\x{3400}-\\x{4dbf}\\x{20000}-\\x{2ceaf}"
            + "\\x{f900}-\\x{faff}\\x{2f800}-\\x{2fa1f}]");

    private static final Pattern ACCENT = Pattern.compile("\\p{Mn}");
    /** To BERT, all of ASCII that is no letter, digit or blank is punctuation. */
    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~\\p{P}]");

    private static final String ALONE = " $0 ";

    private BertText() {}

    /** The words and punctuation marks of a text, in order. */
    static List<String> words(String text) {
        String clean = SPACE.matcher(text).replaceAll(" ");
        clean = CONTROL.matcher(clean).replaceAll("");
        clean = CJK.matcher(clean).replaceAll(ALONE);
        clean = ACCENT.matcher(Normalizer.normalize(clean, Normalizer.Form.NFD)).replaceAll("");
        clean = PUNCTUATION.matcher(clean.toLowerCase(Locale.ROOT)).replaceAll(ALONE);
        return Arrays.stream(clean.split(" ")).filter(word -> !word.isEmpty()).toList();
    }
}
