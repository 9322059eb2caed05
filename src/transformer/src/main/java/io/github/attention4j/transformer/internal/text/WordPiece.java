package io.github.attention4j.transformer.internal.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits text into the pieces of a vocabulary: each word greedily, longest piece first, pieces inside a word marked by
 * {@code ##} (Wu et al., "Google's Neural Machine Translation System", 2016, as BERT uses it).
 */
public final class WordPiece {
    /** Longer words are unknown without looking; the models were trained so. */
    private static final int LONGEST_WORD = 100;

    private final Vocabulary vocabulary;
    private final int unknown;
    private final int start;
    private final int end;

    private WordPiece(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        unknown = special("[UNK]");
        start = special("[CLS]");
        end = special("[SEP]");
    }

    /** Reads the vocabulary of a {@code tokenizer.json}. */
    public static WordPiece read(InputStream tokenizerJson) throws IOException {
        return new WordPiece(new Vocabulary(new ObjectMapper().readTree(tokenizerJson)));
    }

    /** The ids of a text's pieces, without the marks of start and end. */
    public int[] encode(String text) {
        List<Integer> out = new ArrayList<>();
        for (String word : BertText.words(text)) {
            encodeWord(word, out);
        }
        return out.stream().mapToInt(Integer::intValue).toArray();
    }

    /** {@code [CLS] ids[from .. to) [SEP]}: what the model reads. */
    public int[] framed(int[] ids, int from, int to) {
        int[] framed = new int[to - from + 2];
        framed[0] = start;
        System.arraycopy(ids, from, framed, 1, to - from);
        framed[framed.length - 1] = end;
        return framed;
    }

    /** The piece with this id. */
    public String piece(int id) {
        return vocabulary.piece(id);
    }

    private void encodeWord(String word, List<Integer> out) {
        int[] points = word.codePoints().toArray();
        if (points.length > LONGEST_WORD) {
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
                id = vocabulary.id(from == 0 ? piece : "##" + piece);
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

    private int special(String piece) {
        Integer id = vocabulary.id(piece);
        if (id == null) {
            throw new IllegalArgumentException("the vocabulary must hold " + piece + ", but its " + vocabulary.size()
                    + " pieces do not; this reader is for the WordPiece vocabulary of a BERT model");
        }
        return id;
    }
}
