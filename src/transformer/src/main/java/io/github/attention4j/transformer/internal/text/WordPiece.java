package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Splits text into the pieces of a vocabulary: each word greedily, longest piece first, pieces inside a word marked by
 * {@code ##} (Wu et al., "Google's Neural Machine Translation System", 2016, as BERT uses it). Special tokens that
 * stand in the text as they are written, such as {@code [MASK]}, are taken as such. Immutable, so for many threads.
 */
public final class WordPiece implements Tokenizer {
    private final Vocabulary vocabulary;
    private final BertText normalizer;
    /** Written special tokens, or null if there are none. */
    private final Pattern specials;

    private final int longestWord;
    private final String inner;
    private final int unknown;
    private final int start;
    private final int end;

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws IOException if it is of another kind
     */
    public WordPiece(JsonFile file) throws IOException {
        JsonNode model = file.object("model");
        if (!model.path("vocab").isObject()) {
            throw file.wrong("model", "an object vocab");
        }
        vocabulary = new Vocabulary(file.root());
        normalizer = BertText.of(file);
        longestWord = model.path("max_input_chars_per_word").asInt(100);
        inner = model.path("continuing_subword_prefix").asText("##");
        unknown = required(file, model.path("unk_token").asText("[UNK]"));
        start = required(file, "[CLS]");
        end = required(file, "[SEP]");
        specials = specials(file.root().path("added_tokens"));
    }

    private int required(JsonFile file, String piece) throws IOException {
        Integer id = vocabulary.id(piece);
        if (id == null) {
            throw file.wrong("model", "the piece " + piece + " of a BERT vocabulary");
        }
        return id;
    }

    private Pattern specials(JsonNode added) {
        List<String> pieces = new ArrayList<>();
        for (JsonNode token : added) {
            String content = token.path("content").asText();
            if (vocabulary.id(content) != null) {
                pieces.add(Pattern.quote(content));
            }
        }
        return pieces.isEmpty() ? null : Pattern.compile(pieces.stream().collect(Collectors.joining("|")));
    }

    @Override
    public int[] encode(String text) {
        return encode(text, Integer.MAX_VALUE);
    }

    /** Likewise, but no more than the first {@code most}. */
    private int[] encode(String text, int most) {
        List<Integer> out = new ArrayList<>();
        int from = 0;
        if (specials != null) {
            Matcher found = specials.matcher(text);
            while (out.size() < most && found.find()) {
                encodeWords(text.substring(from, found.start()), out, most);
                out.add(vocabulary.id(found.group()));
                from = found.end();
            }
        }
        encodeWords(text.substring(from), out, most);
        return out.stream().limit(most).mapToInt(Integer::intValue).toArray();
    }

    private void encodeWords(String text, List<Integer> out, int most) {
        for (String word : normalizer.words(text)) {
            if (out.size() >= most) {
                return;
            }
            encodeWord(word, out);
        }
    }

    /** {@code [CLS] pieces [SEP]}. */
    @Override
    public int[] read(String text, int most) {
        int[] ids = encode(text, most - 2);
        return framed(ids, 0, ids.length);
    }

    @Override
    public int[] framed(int[] ids, int from, int to) {
        int[] framed = new int[to - from + 2];
        framed[0] = start;
        System.arraycopy(ids, from, framed, 1, to - from);
        framed[framed.length - 1] = end;
        return framed;
    }

    @Override
    public String piece(int id) {
        return vocabulary.piece(id);
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    private void encodeWord(String word, List<Integer> out) {
        Integer whole = word.length() <= longestWord ? vocabulary.id(word) : null;
        if (whole != null) {
            out.add(whole);
            return;
        }
        int[] points = word.codePoints().toArray();
        if (points.length > longestWord) {
            out.add(unknown);
            return;
        }
        List<Integer> found = new ArrayList<>();
        int from = 0;
        while (from < points.length) {
            int to = points.length;
            Integer id = null;
            while (to > from && id == null) {
                String piece = new String(points, from, to - from);
                id = vocabulary.id(from == 0 ? piece : inner + piece);
                to -= id == null ? 1 : 0;
            }
            if (id == null) {
                out.add(unknown); // one foreign character makes the whole word unknown
                return;
            }
            found.add(id);
            from = to;
        }
        out.addAll(found);
    }
}
