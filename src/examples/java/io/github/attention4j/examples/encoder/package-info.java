/**
 * A pre-trained encoder (all-MiniLM-L6-v2) whose attention runs on an engine: sentence embeddings.
 * {@link io.github.attention4j.examples.encoder.Encode} is the program ({@code bench/run encode}); {@code bench/run}
 * runs the encoder on every engine of a machine.
 */
package io.github.attention4j.examples.encoder;
