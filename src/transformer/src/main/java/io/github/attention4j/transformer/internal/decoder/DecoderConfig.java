package io.github.attention4j.transformer.internal.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

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
 * @param epsilon added under the root of the norms
 * @param vocabulary how many tokens there are
 * @param positions how many tokens a text may have
 */
record DecoderConfig(
        int width,
        int inner,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        double ropeBase,
        float epsilon,
        int vocabulary,
        int positions) {

    /** Reads it. */
    static DecoderConfig of(byte[] json) throws IOException {
        JsonNode config = new ObjectMapper().readTree(json);
        return new DecoderConfig(
                config.required("hidden_size").asInt(),
                config.required("intermediate_size").asInt(),
                config.required("num_hidden_layers").asInt(),
                config.required("num_attention_heads").asInt(),
                config.required("num_key_value_heads").asInt(),
                config.required("head_dim").asInt(),
                config.required("rope_theta").asDouble(),
                (float) config.required("rms_norm_eps").asDouble(),
                config.required("vocab_size").asInt(),
                config.required("max_position_embeddings").asInt());
    }
}
