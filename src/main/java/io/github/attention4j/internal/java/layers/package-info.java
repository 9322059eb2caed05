/**
 * Layers around attention in pure Java: their definitions in double precision, and their computation in tiles and row
 * by row on the micro-kernels of {@code tiled}.
 */
package io.github.attention4j.internal.java.layers;
