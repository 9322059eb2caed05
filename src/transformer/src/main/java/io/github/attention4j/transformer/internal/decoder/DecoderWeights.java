package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import io.github.attention4j.transformer.internal.device.LinearWeights;
import io.github.attention4j.transformer.internal.device.NormWeights;
import io.github.attention4j.transformer.internal.device.WeightUpload;
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
        return new Upload(config, type, new WeightUpload(tensors, type, memory)).all();
    }

    private record Upload(DecoderConfig config, DType type, WeightUpload weights) {
        DecoderWeights all() throws IOException {
            int vocabulary = config.vocabulary();
            int width = config.width();
            DeviceTensor words = weights.table("model.embed_tokens.weight", vocabulary, width, vocabulary);
            List<Layer> layers = new ArrayList<>();
            for (int i = 0; i < config.layers(); i++) {
                layers.add(layer("model.layers." + i + "."));
            }
            LinearWeights scores;
            if (!config.tied()) {
                scores = linear(vocabulary, width, "lm_head");
            } else if (type == DType.I8) {
                scores = linear(vocabulary, width, "model.embed_tokens");
            } else {
                scores = new LinearWeights(vocabulary, width, words, null, null);
            }
            return new DecoderWeights(words, layers, weights.norm("model.norm", width, false), scores);
        }

        private Layer layer(String prefix) throws IOException {
            int width = config.width();
            int heads = config.heads() * config.headDim();
            int kvHeads = config.kvHeads() * config.headDim();
            return new Layer(
                    weights.norm(prefix + "input_layernorm", width, false),
                    linear(heads, width, prefix + "self_attn.q_proj"),
                    linear(kvHeads, width, prefix + "self_attn.k_proj"),
                    linear(kvHeads, width, prefix + "self_attn.v_proj"),
                    linear(width, heads, prefix + "self_attn.o_proj"),
                    weights.norm(prefix + "post_attention_layernorm", width, false),
                    linear(config.inner(), width, prefix + "mlp.gate_proj", prefix + "mlp.up_proj"),
                    linear(width, config.inner(), prefix + "mlp.down_proj"));
        }

        private LinearWeights linear(int out, int in, String... names) throws IOException {
            return weights.linear(out, in, weights.has(names[0] + ".bias"), names);
        }
    }
}
