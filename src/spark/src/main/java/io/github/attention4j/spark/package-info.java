/**
 * Attention over keys and values that are spread over an Apache Spark cluster, and texts that become vectors there:
 * {@link io.github.attention4j.spark.ShardedAttention} and {@link io.github.attention4j.spark.TextEmbedding}.
 */
package io.github.attention4j.spark;
