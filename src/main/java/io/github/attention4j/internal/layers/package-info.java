/** What all backends ask of a call of a layer: whether its tensors fit the spec. */
package io.github.attention4j.internal.layers;
