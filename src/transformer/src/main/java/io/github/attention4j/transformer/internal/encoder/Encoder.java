package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.transformer.internal.layers.LayerNorm;
import java.util.List;

/** A BERT-like encoder in plain multi-threaded Java; only its attention is computed elsewhere. */
public final class Encoder {
    /** Elements of a hidden row. */
    public static final int WIDTH = 384;
    /** Positions the model knows. */
    public static final int POSITIONS = 512;

    private static final int HEADS = 12;

    private final float[] words;
    private final float[] positions;
    private final float[] types;
    private final LayerNorm embeddingNorm;
    private final List<EncoderLayer> layers;

    Encoder(float[] words, float[] positions, float[] types, LayerNorm embeddingNorm, List<EncoderLayer> layers) {
        this.words = words;
        this.positions = positions;
        this.types = types;
        this.embeddingNorm = embeddingNorm;
        this.layers = List.copyOf(layers);
    }

    /** How many layers there are. */
    public int layers() {
        return layers.size();
    }

    /** The attention that each layer asks for when the model reads so many inputs of this length. */
    public static AttentionSpec spec(int batch, int length) {
        return AttentionSpec.builder()
                .batch(batch)
                .heads(HEADS)
                .sequenceLength(length)
                .headDim(WIDTH / HEADS)
                .build();
    }

    /**
     * The last hidden state.
     *
     * @param inputs token ids, all inputs of one length
     * @return [input, position, {@value #WIDTH}]
     */
    public float[] forward(int[][] inputs, AttentionFunction attention) {
        AttentionSpec spec = spec(inputs.length, inputs[0].length);
        float[] x = embed(inputs);
        for (int layer = 0; layer < layers.size(); layer++) {
            x = layers.get(layer).apply(layer, x, spec, attention);
        }
        return x;
    }

    /** The sentence embedding of each input: the mean of its last hidden rows, scaled to length 1. */
    public float[][] embeddings(int[][] inputs, AttentionFunction attention) {
        float[] hidden = forward(inputs, attention);
        float[][] pooled = new float[inputs.length][];
        for (int input = 0; input < inputs.length; input++) {
            pooled[input] = meanRow(hidden, input * inputs[0].length, inputs[0].length);
        }
        return pooled;
    }

    private float[] embed(int[][] inputs) {
        int length = inputs[0].length;
        float[] x = new float[inputs.length * length * WIDTH];
        float[] rest = new float[x.length];
        for (int row = 0; row < inputs.length * length; row++) {
            int position = row % length;
            System.arraycopy(words, inputs[row / length][position] * WIDTH, x, row * WIDTH, WIDTH);
            for (int i = 0; i < WIDTH; i++) {
                rest[row * WIDTH + i] = positions[position * WIDTH + i] + types[i];
            }
        }
        return embeddingNorm.addAndNormalize(x, rest);
    }

    private static float[] meanRow(float[] hidden, int firstRow, int rows) {
        double[] sum = new double[WIDTH];
        for (int row = firstRow; row < firstRow + rows; row++) {
            for (int i = 0; i < WIDTH; i++) {
                sum[i] += hidden[row * WIDTH + i];
            }
        }
        double square = 0;
        for (double s : sum) {
            square += s * s;
        }
        float[] mean = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            mean[i] = (float) (sum[i] / Math.sqrt(square));
        }
        return mean;
    }
}
