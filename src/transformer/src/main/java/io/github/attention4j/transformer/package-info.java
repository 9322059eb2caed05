/**
 * Whole transformer models from their files: texts in, embeddings out, computed on the device that is there.
 * {@link io.github.attention4j.transformer.TextEncoder} is where to begin.
 */
package io.github.attention4j.transformer;
