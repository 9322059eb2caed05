package io.github.attention4j.transformer.internal.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.layers.Activation;
import io.github.attention4j.transformer.internal.files.JsonFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The sizes of a Llama-style model, from its config.json.
 *
 * @param width elements of a hidden row
 * @param inner elements between the two halves of the feed-forward part
 * @param layers how many there are
 * @param heads query heads
 * @param kvHeads key/value heads
 * @param headDim elements of a head's row
 * @param ropeBase what the angles of the rotary embedding are powers of
 * @param ropeScaling how they are made smaller for longer texts
 * @param epsilon added under the root of the norms
 * @param vocabulary how many tokens there are
 * @param positions how many tokens a text may have
 * @param activation of the gate
 * @param tied whether the scores of tokens are made with the embeddings
 * @param ends tokens that end a text, if the file names any
 */
public record DecoderConfig(
        int width,
        int inner,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        double ropeBase,
        RopeScaling ropeScaling,
        float epsilon,
        int vocabulary,
        int positions,
        Activation activation,
        boolean tied,
        List<Integer> ends) {
    private static final int WIDEST = 1 << 17;
    private static final int DEEPEST = 1 << 10;
    private static final int MOST_TOKENS = 1 << 24;

    /**
     * Reads it.
     *
     * @throws IOException if it is of another kind of model, or a size makes no sense
     */
    static DecoderConfig of(JsonFile file) throws IOException {
        if (!file.text("model_type", "").equals("llama")) {
            throw file.wrong("model_type", "\"llama\"");
        }
        int width = file.integer("hidden_size", 1, WIDEST);
        int heads = file.integer("num_attention_heads", 1, WIDEST);
        int kvHeads = file.integer("num_key_value_heads", 1, heads, heads);
        if (heads % kvHeads != 0) {
            throw file.wrong("num_key_value_heads", "a divisor of num_attention_heads=" + heads);
        }
        return new DecoderConfig(
                width,
                file.integer("intermediate_size", 1, WIDEST * 8),
                file.integer("num_hidden_layers", 1, DEEPEST),
                heads,
                kvHeads,
                file.integer("head_dim", 2, WIDEST, Math.max(1, width / heads)),
                ropeBase(file),
                RopeScaling.of(file),
                (float) file.positive("rms_norm_eps", 1e-6),
                file.integer("vocab_size", 1, MOST_TOKENS),
                file.integer("max_position_embeddings", 1, MOST_TOKENS),
                activation(file),
                file.root().path("tie_word_embeddings").asBoolean(false),
                ends(file));
    }

    private static double ropeBase(JsonFile file) throws IOException {
        double base = file.positive("rope_theta", 1e4);
        String rope = RopeScaling.field(file.root());
        return rope == null ? base : file.part(rope).positive("rope_theta", base);
    }

    private static Activation activation(JsonFile file) throws IOException {
        return switch (file.text("hidden_act", "silu")) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            default -> throw file.wrong("hidden_act", "silu or gelu");
        };
    }

    private static List<Integer> ends(JsonFile file) {
        List<Integer> ends = new ArrayList<>();
        JsonNode node = file.root().path("eos_token_id");
        if (node.isInt()) {
            ends.add(node.asInt());
        }
        node.forEach(id -> ends.add(id.asInt()));
        return List.copyOf(ends);
    }
}
