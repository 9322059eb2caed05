/** Embeddings for LangChain4j: {@link io.github.attention4j.langchain4j.Attention4jEmbeddingModel}. */
package io.github.attention4j.langchain4j;
