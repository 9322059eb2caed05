package io.github.attention4j.transformer.internal.decoder;

/** Whatever keeps the keys and values of a text, and computes attention over them. */
interface DecoderAttention {
    /**
     * Takes in keys and values of the text's next tokens, and attends their queries to all tokens up to their own.
     * Layers are asked in order, each for the same tokens.
     *
     * @param layer from 0
     * @param query [rows, heads, headDim], before the rotary embedding
     * @param key [rows, kvHeads, headDim], likewise
     * @param value [rows, kvHeads, headDim]
     * @return [rows, heads, headDim]
     */
    float[] attend(int layer, float[] query, float[] key, float[] value);
}
