package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import io.github.attention4j.transformer.internal.device.LinearWeights;
import io.github.attention4j.transformer.internal.device.NormWeights;
import io.github.attention4j.transformer.internal.files.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a Llama model on a device.
 *
 * @param words [vocabulary, width]
 * @param layers from the first
 * @param norm behind the last
 * @param scores how much each token suits as the next
 */
record DecoderWeights(DeviceTensor words, List<Layer> layers, NormWeights norm, LinearWeights scores) {

    /** One layer; the two parts of the feed-forward part that are multiplied are computed at once. */
    record Layer(
            NormWeights attentionNorm,
            LinearWeights query,
            LinearWeights key,
            LinearWeights value,
            LinearWeights output,
            NormWeights innerNorm,
            LinearWeights gateAndUp,
            LinearWeights down) {}

    /** Brings them there, one tensor after the other. */
    static DecoderWeights upload(DecoderConfig config, Tensors tensors, DType type, DeviceMemory memory)
            throws IOException {
        return new Upload(config, tensors, type, memory).all();
    }

    private record Upload(DecoderConfig config, Tensors tensors, DType type, DeviceMemory memory) {
        DecoderWeights all() throws IOException {
            int vocabulary = config.vocabulary();
            int width = config.width();
            float[] embeddings = tensors.floats("model.embed_tokens.weight", vocabulary, width);
            DeviceTensor words = memory.upload(type == DType.I8 ? DType.F32 : type, embeddings, vocabulary, width);
            List<Layer> layers = new ArrayList<>();
            for (int i = 0; i < config.layers(); i++) {
                layers.add(layer("model.layers." + i + "."));
            }
            LinearWeights scores;
            if (!config.tied()) {
                scores = linear("lm_head", vocabulary, width);
            } else if (type == DType.I8) {
                scores = memory.linear(type, embeddings, null, vocabulary, width);
            } else {
                scores = new LinearWeights(vocabulary, width, words, null, null);
            }
            return new DecoderWeights(words, layers, norm("model.norm"), scores);
        }

        private Layer layer(String prefix) throws IOException {
            int width = config.width();
            int heads = config.heads() * config.headDim();
            int kvHeads = config.kvHeads() * config.headDim();
            return new Layer(
                    norm(prefix + "input_layernorm"),
                    linear(prefix + "self_attn.q_proj", heads, width),
                    linear(prefix + "self_attn.k_proj", kvHeads, width),
                    linear(prefix + "self_attn.v_proj", kvHeads, width),
                    linear(prefix + "self_attn.o_proj", width, heads),
                    norm(prefix + "post_attention_layernorm"),
                    gateAndUp(prefix + "mlp."),
                    linear(prefix + "mlp.down_proj", width, config.inner()));
        }

        private LinearWeights gateAndUp(String prefix) throws IOException {
            int width = config.width();
            int inner = config.inner();
            float[] gate = tensors.floats(prefix + "gate_proj.weight", inner, width);
            float[] up = tensors.floats(prefix + "up_proj.weight", inner, width);
            float[] both = new float[Math.addExact(gate.length, up.length)];
            System.arraycopy(gate, 0, both, 0, gate.length);
            System.arraycopy(up, 0, both, gate.length, up.length);
            return memory.linear(type, both, null, 2 * inner, width);
        }

        private LinearWeights linear(String name, int out, int in) throws IOException {
            float[] bias = tensors.has(name + ".bias") ? tensors.floats(name + ".bias", out) : null;
            return memory.linear(type, tensors.floats(name + ".weight", out, in), bias, out, in);
        }

        private NormWeights norm(String name) throws IOException {
            return new NormWeights(
                    memory.upload(DType.F32, tensors.floats(name + ".weight", config.width()), 1, config.width()),
                    null);
        }
    }
}
