package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionSpec;

/** Whatever computes attention for the encoder: an engine, an engine with checks around it, or plain loops. */
@FunctionalInterface
public interface AttentionFunction {
    /**
     * Out of [batch, heads, length, headDim] arrays.
     *
     * @param layer which layer of the encoder asks, from 0
     */
    float[] attend(int layer, AttentionSpec spec, float[] query, float[] key, float[] value);
}
