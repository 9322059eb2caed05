/**
 * Embeddings for Spring AI: {@link io.github.attention4j.springai.Attention4jEmbeddingModel}, which Spring Boot makes
 * by itself where this artifact is.
 */
package io.github.attention4j.springai;
