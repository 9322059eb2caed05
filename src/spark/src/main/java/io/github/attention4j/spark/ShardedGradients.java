package io.github.attention4j.spark;

import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;

/**
 * Gradients of a loss with respect to queries, which come to the driver, and keys and values, which stay with their
 * shards.
 *
 * @param query [batch, heads, queryLength, headDim]
 * @param keyValue of each shard one with the gradients of its keys and values in their place, in the same partition;
 *     computed when it is asked for, so {@code cache()} it before it is used twice
 */
public record ShardedGradients(float[] query, JavaRDD<KeyShard> keyValue) {
    /** Checks that both are there. */
    public ShardedGradients {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(keyValue, "keyValue");
    }
}
