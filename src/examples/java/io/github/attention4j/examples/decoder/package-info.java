/**
 * A small Llama-style decoder with its keys and values in caches on a device: text generation.
 * {@link io.github.attention4j.examples.decoder.Generate} is the program; {@code bench/run generate} compares what
 * several devices write.
 */
package io.github.attention4j.examples.decoder;
