/** Texts to embeddings, by the engine's encoders and by others for Java, and what linear layers reach. */
package io.github.attention4j.bench.embed;
