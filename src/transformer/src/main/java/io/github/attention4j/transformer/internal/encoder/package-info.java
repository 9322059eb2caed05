/** Encoders of the BERT family. */
package io.github.attention4j.transformer.internal.encoder;
