/**
 * Layers around attention in Java: matrix products in tiles and what is done row by row, on the micro-kernels of
 * {@code tiled}.
 */
package io.github.attention4j.internal.java.layers;
