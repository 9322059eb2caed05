package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.transformer.internal.text.WordPiece;
import java.util.Arrays;

/**
 * Attention weights to look at, which an engine returns beside its output if it is asked to. Of all heads of the model
 * the one is kept that looks most at other words, for many only look at a neighbour or at the separator.
 */
public final class SentenceWeights {
    /** More tokens than this do not fit on a page. */
    private static final int LONGEST = 30;

    private final AttentionEngine engine;
    private double best = -1;
    private int bestLayer;
    private int bestHead;
    private float[] bestMatrix;
    private final boolean[] isWord;

    private SentenceWeights(AttentionEngine engine, String[] tokens) {
        this.engine = engine;
        isWord = new boolean[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            isWord[i] = tokens[i].matches("(##)?[\\p{L}\\p{N}]+"); // no punctuation, no [CLS] and [SEP]
        }
    }

    /** The weights of the text's first sentence. */
    public static Weights of(EncoderModel model, String text, AttentionEngine engine) {
        WordPiece tokenizer = model.tokenizer();
        int[] ids = tokenizer.encode(firstSentence(text));
        int[] framed = tokenizer.framed(ids, 0, Math.min(ids.length, LONGEST - 2));
        String[] tokens = Arrays.stream(framed).mapToObj(tokenizer::piece).toArray(String[]::new);
        SentenceWeights search = new SentenceWeights(engine, tokens);
        model.encoder().forward(new int[][] {framed}, search::attend);
        return new Weights(tokens, search.bestLayer, search.bestHead, search.bestMatrix);
    }

    private static String firstSentence(String text) {
        String[] sentences = text.strip().split("(?<=[.!?])\\s", 2);
        return sentences[0];
    }

    private float[] attend(int layer, AttentionSpec spec, float[] query, float[] key, float[] value) {
        int length = spec.keyLength();
        float[] out = new float[Math.toIntExact(spec.outElements())];
        float[] weights = new float[spec.heads() * length * length];
        engine.attend(
                spec.toBuilder().returnScores(ScoreStage.WEIGHTS).build(),
                new AttentionArrays()
                        .with(Operand.QUERY, query)
                        .with(Operand.KEY, key)
                        .with(Operand.VALUE, value)
                        .with(Operand.OUT, out)
                        .with(Operand.SCORES, weights));
        for (int head = 0; head < spec.heads(); head++) {
            consider(layer, head, Arrays.copyOfRange(weights, head * length * length, (head + 1) * length * length));
        }
        return out;
    }

    /**
     * A head's interest: the most that each word gets from a word farther away than its neighbours, in sum. So a head
     * where all look at the same word is dull, too.
     */
    private void consider(int layer, int head, float[] matrix) {
        int length = isWord.length;
        double interest = 0;
        for (int key = 0; key < length; key++) {
            double most = 0;
            for (int query = 0; query < length; query++) {
                if (isWord[query] && isWord[key] && Math.abs(query - key) > 1) {
                    most = Math.max(most, matrix[query * length + key]);
                }
            }
            interest += most;
        }
        if (interest > best) {
            best = interest;
            bestLayer = layer;
            bestHead = head;
            bestMatrix = matrix;
        }
    }
}
