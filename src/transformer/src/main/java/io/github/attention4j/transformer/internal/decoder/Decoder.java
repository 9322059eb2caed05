package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.transformer.internal.files.JsonFile;
import io.github.attention4j.transformer.internal.files.SafetensorsFile;
import io.github.attention4j.transformer.internal.layers.Linear;
import io.github.attention4j.transformer.internal.layers.RmsNorm;
import io.github.attention4j.transformer.internal.text.BytePairs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Llama-style decoder in plain Java; only its attention is computed elsewhere. */
public final class Decoder {
    private static final String FOLDER = "/io/github/attention4j/bench/decoder/";
    private static final String EMBEDDINGS = "model.embed_tokens.weight";

    private final DecoderConfig config;
    private final BytePairs tokenizer;
    private final float[] embeddings;
    private final List<DecoderLayer> layers = new ArrayList<>();
    private final RmsNorm norm;
    /** The embeddings once more: the score of a token is how much the last row is like its embedding. */
    private final Linear scores;

    private Decoder(DecoderConfig config, BytePairs tokenizer, SafetensorsFile weights) throws IOException {
        this.config = config;
        this.tokenizer = tokenizer;
        embeddings = weights.floats(EMBEDDINGS, config.vocabulary(), config.width());
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(DecoderLayer.read(weights, config, layer));
        }
        norm = new RmsNorm(weights.floats("model.norm.weight", config.width()), config.epsilon());
        scores = Linear.ofOutputs(embeddings, new float[config.vocabulary()]);
    }

    /** The small model that the bench brings along, its weights in f16. */
    public static Decoder broughtAlong() throws IOException {
        return read("model-f16.safetensors", resource("model-f16.safetensors"));
    }

    /** The same model with weights from another file, such as those in f32. */
    public static Decoder withWeights(Path file) throws IOException {
        return read(file.toString(), Files.readAllBytes(file));
    }

    private static Decoder read(String name, byte[] weights) throws IOException {
        return new Decoder(
                DecoderConfig.of(new JsonFile("config.json", resource("config.json"))),
                new BytePairs(resource("tokenizer.json")),
                new SafetensorsFile(name, weights));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Decoder.class.getResourceAsStream(FOLDER + name)) {
            return in.readAllBytes();
        }
    }

    DecoderConfig config() {
        return config;
    }

    /** What makes tokens of text and text of tokens. */
    public BytePairs tokenizer() {
        return tokenizer;
    }

    /**
     * Reads the text's next tokens.
     *
     * @return [token, width], for {@link #scores}
     */
    float[] forward(int[] tokens, DecoderAttention attention) {
        int width = config.width();
        float[] x = new float[tokens.length * width];
        for (int i = 0; i < tokens.length; i++) {
            System.arraycopy(embeddings, tokens[i] * width, x, i * width, width);
        }
        for (int layer = 0; layer < layers.size(); layer++) {
            layers.get(layer).apply(layer, x, attention);
        }
        return norm.apply(x);
    }

    /** How much each token of the vocabulary suits as the next, [rows, vocabulary]. */
    float[] scores(float[] rows) {
        return scores.apply(rows);
    }

    /** The scores behind the last row only. */
    float[] lastScores(float[] rows) {
        return scores(Arrays.copyOfRange(rows, rows.length - config.width(), rows.length));
    }
}
