package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.transformer.internal.files.SafetensorsFile;
import io.github.attention4j.transformer.internal.layers.Linear;
import io.github.attention4j.transformer.internal.layers.RmsNorm;
import java.io.IOException;

/**
 * One layer: attention, then a feed-forward part with a gate (SwiGLU), each behind a norm and added to what came in.
 */
record DecoderLayer(
        RmsNorm attentionNorm,
        Linear query,
        Linear key,
        Linear value,
        Linear output,
        RmsNorm innerNorm,
        Linear gate,
        Linear up,
        Linear down) {

    static DecoderLayer read(SafetensorsFile file, DecoderConfig config, int layer) throws IOException {
        String prefix = "model.layers." + layer + ".";
        int width = config.width();
        int heads = config.heads() * config.headDim();
        int kvHeads = config.kvHeads() * config.headDim();
        return new DecoderLayer(
                new RmsNorm(file.floats(prefix + "input_layernorm.weight", width), config.epsilon()),
                linear(file, prefix + "self_attn.q_proj.weight", heads, width),
                linear(file, prefix + "self_attn.k_proj.weight", kvHeads, width),
                linear(file, prefix + "self_attn.v_proj.weight", kvHeads, width),
                linear(file, prefix + "self_attn.o_proj.weight", width, heads),
                new RmsNorm(file.floats(prefix + "post_attention_layernorm.weight", width), config.epsilon()),
                linear(file, prefix + "mlp.gate_proj.weight", config.inner(), width),
                linear(file, prefix + "mlp.up_proj.weight", config.inner(), width),
                linear(file, prefix + "mlp.down_proj.weight", width, config.inner()));
    }

    private static Linear linear(SafetensorsFile file, String name, int out, int in) throws IOException {
        return Linear.ofOutputs(file.floats(name, out, in), new float[out]);
    }

    /** @param x [rows, width], which is changed in place */
    void apply(int layer, float[] x, DecoderAttention attention) {
        float[] normal = attentionNorm.apply(x);
        float[] attended = attention.attend(layer, query.apply(normal), key.apply(normal), value.apply(normal));
        add(x, output.apply(attended));
        float[] inner = innerNorm.apply(x);
        float[] gated = gate.apply(inner);
        float[] rest = up.apply(inner);
        for (int i = 0; i < gated.length; i++) {
            gated[i] = gated[i] / (1 + (float) Math.exp(-gated[i])) * rest[i];
        }
        add(x, down.apply(gated));
    }

    private static void add(float[] x, float[] more) {
        for (int i = 0; i < x.length; i++) {
            x[i] += more[i];
        }
    }
}
