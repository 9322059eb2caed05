package io.github.attention4j;

import java.util.Objects;

/**
 * The loss's gradients with respect to query, key and value of one call.
 *
 * @param query [batch, heads, queryLength, headDim]
 * @param key [batch, kvHeads, keyLength, headDim]
 * @param value [batch, kvHeads, keyLength, valueDim]
 */
public record AttentionGradients(float[] query, float[] key, float[] value) {
    /** Checks that all are there. */
    public AttentionGradients {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
    }
}
