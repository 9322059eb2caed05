package io.github.attention4j.bench.model;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.text.WordPiece;
import java.util.Arrays;

/**
 * Makes an engine show its attention weights: where the values are the unit matrix, the output is the weights. Of all heads of the
 * model the one is kept that looks most at other words, for many only look at a neighbour or at the separator.
 */
public final class SentenceWeights {
    /** More tokens than this do not fit on a page. */
    private static final int LONGEST = 30;

    private final AttentionEngine engine;
    private double best = -1;
    private int bestLayer;
    private int bestHead;
    private float[] bestMatrix;

    private SentenceWeights(AttentionEngine engine) {
        this.engine = engine;
    }

    /** The weights of the text's first sentence. */
    public static Weights of(MiniLm model, String text, AttentionEngine engine) {
        WordPiece tokenizer = model.tokenizer();
        int[] ids = tokenizer.encode(firstSentence(text));
        int[] framed = tokenizer.framed(ids, 0, Math.min(ids.length, LONGEST - 2));
        SentenceWeights search = new SentenceWeights(engine);
        model.encoder().forward(new int[][] {framed}, search::attend);
        String[] tokens = Arrays.stream(framed).mapToObj(tokenizer::piece).toArray(String[]::new);
        return new Weights(tokens, search.bestLayer, search.bestHead, search.bestMatrix);
    }

    private static String firstSentence(String text) {
        String[] sentences = text.strip().split("(?<=[.!?])\\s", 2);
        return sentences[0];
    }

    private float[] attend(int layer, AttentionSpec spec, float[] query, float[] key, float[] value) {
        int length = spec.keyLength();
        AttentionSpec showing = AttentionSpec.builder()
                .heads(spec.heads())
                .sequenceLength(length)
                .headDim(spec.headDim())
                .valueDim(length)
                .build();
        float[] unit = new float[spec.heads() * length * length];
        for (int row = 0; row < spec.heads() * length; row++) {
            unit[row * length + row % length] = 1;
        }
        float[] weights = engine.attend(showing, query, key, unit);
        for (int head = 0; head < spec.heads(); head++) {
            consider(layer, head, Arrays.copyOfRange(weights, head * length * length, (head + 1) * length * length));
        }
        return engine.attend(spec, query, key, value);
    }

    /** A head's interest: what its rows give to their favourite among words farther away than the neighbours, on average. */
    private void consider(int layer, int head, float[] matrix) {
        int length = (int) Math.sqrt(matrix.length);
        double interest = 0;
        for (int query = 1; query < length - 1; query++) {
            double favourite = 0;
            for (int key = 1; key < length - 1; key++) {
                if (Math.abs(query - key) > 1) {
                    favourite = Math.max(favourite, matrix[query * length + key]);
                }
            }
            interest += favourite;
        }
        if (interest > best) {
            best = interest;
            bestLayer = layer;
            bestHead = head;
            bestMatrix = matrix;
        }
    }
}
