package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.transformer.Pooling;
import io.github.attention4j.transformer.internal.files.Tensors;
import io.github.attention4j.transformer.internal.layers.LayerNorm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A BERT-like encoder in plain multi-threaded Java; only its attention is computed elsewhere. */
public final class Encoder {
    private final BertConfig config;
    private final Pooling pooling;
    private final boolean normalized;
    private final float[] words;
    private final float[] positions;
    private final float[] types;
    private final LayerNorm embeddingNorm;
    private final List<EncoderLayer> layers = new ArrayList<>();

    private Encoder(EncoderFiles files) throws IOException {
        config = files.config();
        pooling = files.pooling();
        normalized = files.normalized();
        Tensors tensors = files.tensors();
        int width = config.width();
        words = tensors.floats("embeddings.word_embeddings.weight", config.vocabulary(), width);
        positions = tensors.floats("embeddings.position_embeddings.weight", config.positions(), width);
        types = tensors.floats("embeddings.token_type_embeddings.weight", config.types(), width);
        embeddingNorm = EncoderLayer.norm(files, "embeddings.LayerNorm");
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(EncoderLayer.read(files, "encoder.layer." + layer + "."));
        }
    }

    /**
     * Reads all weights.
     *
     * @throws IOException if one is not there, or damaged
     */
    public static Encoder read(EncoderFiles files) throws IOException {
        return new Encoder(files);
    }

    /** The model's sizes. */
    public BertConfig config() {
        return config;
    }

    /** How many layers there are. */
    public int layers() {
        return layers.size();
    }

    /** The attention that each layer asks for when the model reads so many inputs of this length. */
    public AttentionSpec spec(int batch, int length) {
        return AttentionSpec.builder()
                .batch(batch)
                .heads(config.heads())
                .sequenceLength(length)
                .headDim(config.headDim())
                .build();
    }

    /**
     * The last hidden state.
     *
     * @param inputs token ids, all inputs of one length
     * @return [input, position, width]
     */
    public float[] forward(int[][] inputs, AttentionFunction attention) {
        AttentionSpec spec = spec(inputs.length, inputs[0].length);
        float[] x = embed(inputs);
        for (int layer = 0; layer < layers.size(); layer++) {
            x = layers.get(layer).apply(layer, x, spec, attention);
        }
        return x;
    }

    /** The embedding of each input. */
    public float[][] embeddings(int[][] inputs, AttentionFunction attention) {
        float[] hidden = forward(inputs, attention);
        float[][] pooled = new float[inputs.length][];
        for (int input = 0; input < inputs.length; input++) {
            pooled[input] = pool(hidden, input * inputs[0].length, inputs[0].length);
        }
        return pooled;
    }

    private float[] embed(int[][] inputs) {
        int width = config.width();
        int length = inputs[0].length;
        float[] x = new float[inputs.length * length * width];
        float[] rest = new float[x.length];
        for (int row = 0; row < inputs.length * length; row++) {
            int position = row % length;
            System.arraycopy(words, inputs[row / length][position] * width, x, row * width, width);
            for (int i = 0; i < width; i++) {
                rest[row * width + i] = positions[position * width + i] + types[i];
            }
        }
        return embeddingNorm.addAndNormalize(x, rest);
    }

    private float[] pool(float[] hidden, int firstRow, int rows) {
        int width = config.width();
        int counted = pooling == Pooling.MEAN ? rows : 1;
        double[] mean = new double[width];
        double square = 0;
        for (int i = 0; i < width; i++) {
            for (int row = firstRow; row < firstRow + counted; row++) {
                mean[i] += hidden[row * width + i];
            }
            mean[i] /= counted;
            square += mean[i] * mean[i];
        }
        double factor = normalized && square > 0 ? 1 / Math.sqrt(square) : 1;
        float[] pooled = new float[width];
        for (int i = 0; i < width; i++) {
            pooled[i] = (float) (mean[i] * factor);
        }
        return pooled;
    }
}
