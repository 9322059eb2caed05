/** Decoders of the Llama family. */
package io.github.attention4j.transformer.internal.decoder;
