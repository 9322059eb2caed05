/** Layers in plain Java. */
package io.github.attention4j.transformer.internal.layers;
