package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import io.github.attention4j.transformer.internal.device.LinearWeights;
import io.github.attention4j.transformer.internal.device.NormWeights;
import io.github.attention4j.transformer.internal.files.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of a BERT model on a device.
 *
 * @param words [vocabulary, width]
 * @param positions [positions, width]
 * @param type the row of the type that all tokens have
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
        return new Upload(files, type, memory).all();
    }

    private record Upload(EncoderFiles files, DType type, DeviceMemory memory) {
        EncoderWeights all() throws IOException {
            BertConfig config = files.config();
            int width = config.width();
            DType tables = type == DType.I8 ? DType.F32 : type;
            DeviceTensor words = memory.upload(
                    tables,
                    floats("embeddings.word_embeddings.weight", config.vocabulary(), width),
                    config.vocabulary(),
                    width);
            DeviceTensor positions = memory.upload(
                    tables,
                    floats("embeddings.position_embeddings.weight", config.positions(), width),
                    config.positions(),
                    width);
            float[] types = floats("embeddings.token_type_embeddings.weight", config.types(), width);
            DeviceTensor firstType = memory.upload(tables, Arrays.copyOf(types, width), 1, width);
            NormWeights norm = norm("embeddings.LayerNorm");
            List<Layer> layers = new ArrayList<>();
            for (int i = 0; i < config.layers(); i++) {
                layers.add(layer("encoder.layer." + i + "."));
            }
            return new EncoderWeights(words, positions, firstType, norm, layers);
        }

        private Layer layer(String prefix) throws IOException {
            int width = files.config().width();
            int inner = files.config().inner();
            return new Layer(
                    packed(prefix + "attention.self."),
                    linear(prefix + "attention.output.dense", width, width),
                    norm(prefix + "attention.output.LayerNorm"),
                    linear(prefix + "intermediate.dense", inner, width),
                    linear(prefix + "output.dense", width, inner),
                    norm(prefix + "output.LayerNorm"));
        }

        private LinearWeights packed(String prefix) throws IOException {
            int width = files.config().width();
            float[] weight = new float[Math.multiplyExact(3 * width, width)];
            float[] bias = new float[3 * width];
            List<String> parts = List.of("query", "key", "value");
            for (int i = 0; i < parts.size(); i++) {
                float[] part = floats(prefix + parts.get(i) + ".weight", width, width);
                System.arraycopy(part, 0, weight, i * part.length, part.length);
                System.arraycopy(floats(prefix + parts.get(i) + ".bias", width), 0, bias, i * width, width);
            }
            return memory.linear(type, weight, bias, 3 * width, width);
        }

        private LinearWeights linear(String name, int out, int in) throws IOException {
            return memory.linear(type, floats(name + ".weight", out, in), floats(name + ".bias", out), out, in);
        }

        private NormWeights norm(String name) throws IOException {
            int width = files.config().width();
            return new NormWeights(
                    memory.upload(DType.F32, floats(name + ".weight", width), 1, width),
                    memory.upload(DType.F32, floats(name + ".bias", width), 1, width));
        }

        private float[] floats(String name, int... shape) throws IOException {
            Tensors tensors = files.tensors();
            return tensors.floats(name, shape);
        }
    }
}
