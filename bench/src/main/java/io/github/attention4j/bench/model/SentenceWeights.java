package io.github.attention4j.bench.model;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.ScoreStage;
import io.github.attention4j.transformer.internal.encoder.EncoderFiles;
import io.github.attention4j.transformer.internal.text.Tokenizer;
import java.io.IOException;
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

    /**
     * The weights of the text's first sentence.
     *
     * @throws IOException if the model's weights cannot be read
     */
    public static Weights of(EncoderFiles files, String text, AttentionEngine engine) throws IOException {
        Tokenizer tokenizer = files.tokenizer();
        int[] framed = tokenizer.read(firstSentence(text), LONGEST);
        String[] tokens = Arrays.stream(framed).mapToObj(tokenizer::piece).toArray(String[]::new);
        SentenceWeights search = new SentenceWeights(engine, tokens);
        try (EncoderOnDevice encoder = new EncoderOnDevice(files, engine)) {
            encoder.embeddings(new int[][] {framed}, (layer, attention, out, nanos) -> search.look(layer, attention));
        }
        return new Weights(tokens, search.bestLayer, search.bestHead, search.bestMatrix);
    }

    private static String firstSentence(String text) {
        String[] sentences = text.strip().split("(?<=[.!?])\\s", 2);
        return sentences[0];
    }

    private void look(int layer, PackedAttention attention) {
        AttentionSpec spec = attention.spec();
        int length = spec.keyLength();
        float[] weights = new float[spec.heads() * length * length];
        engine.attend(
                spec.toBuilder().returnScores(ScoreStage.WEIGHTS).build(),
                new AttentionArrays()
                        .with(Operand.QUERY, attention.query())
                        .with(Operand.KEY, attention.key())
                        .with(Operand.VALUE, attention.value())
                        .with(Operand.OUT, new float[Math.toIntExact(spec.outElements())])
                        .with(Operand.SCORES, weights));
        for (int head = 0; head < spec.heads(); head++) {
            consider(layer, head, Arrays.copyOfRange(weights, head * length * length, (head + 1) * length * length));
        }
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
