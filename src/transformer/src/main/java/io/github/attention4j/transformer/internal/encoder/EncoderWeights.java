package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import io.github.attention4j.transformer.internal.device.LinearWeights;
import io.github.attention4j.transformer.internal.device.NormWeights;
import io.github.attention4j.transformer.internal.device.WeightUpload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a model of the BERT family on a device.
 *
 * @param words [vocabulary, width]
 * @param positions [positions, width]
 * @param type the row of the type that all tokens have, or null if there are none
 * @param norm behind the embeddings
 * @param layers from the first
 */
record EncoderWeights(
        DeviceTensor words, DeviceTensor positions, DeviceTensor type, NormWeights norm, List<Layer> layers) {

    /** One layer; query, key and value are computed at once. */
    record Layer(
            LinearWeights packed,
            LinearWeights attentionOutput,
            NormWeights attentionNorm,
            LinearWeights intermediate,
            LinearWeights output,
            NormWeights outputNorm) {}

    /** Brings them there, one tensor after the other. */
    static EncoderWeights upload(EncoderFiles files, DType type, DeviceMemory memory) throws IOException {
        return new Upload(files.config(), new WeightUpload(files.tensors(), type, memory)).all();
    }

    private record Upload(BertConfig config, WeightUpload weights) {
        EncoderWeights all() throws IOException {
            int width = config.width();
            DeviceTensor words = table("word", config.vocabulary(), config.vocabulary());
            DeviceTensor positions = table("position", config.positions(), config.positions());
            DeviceTensor firstType = config.types() == 0 ? null : table("token_type", config.types(), 1);
            NormWeights norm = weights.norm("embeddings.LayerNorm", width, true);
            List<Layer> layers = new ArrayList<>();
            for (int i = 0; i < config.layers(); i++) {
                layers.add(layer("encoder.layer." + i + "."));
            }
            return new EncoderWeights(words, positions, firstType, norm, layers);
        }

        private DeviceTensor table(String of, int rows, int kept) throws IOException {
            return weights.table("embeddings." + of + "_embeddings.weight", rows, config.width(), kept);
        }

        private Layer layer(String prefix) throws IOException {
            int width = config.width();
            int inner = config.inner();
            String self = prefix + "attention.self.";
            return new Layer(
                    weights.linear(width, width, true, self + "query", self + "key", self + "value"),
                    weights.linear(width, width, true, prefix + "attention.output.dense"),
                    weights.norm(prefix + "attention.output.LayerNorm", width, true),
                    weights.linear(inner, width, true, prefix + "intermediate.dense"),
                    weights.linear(width, inner, true, prefix + "output.dense"),
                    weights.norm(prefix + "output.LayerNorm", width, true));
        }
    }
}
