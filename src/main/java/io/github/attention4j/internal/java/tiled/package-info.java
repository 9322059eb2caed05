/** The fast path: one pass over the keys in tiles, in floats; the twin of the OpenCL kernels for CPU devices. */
package io.github.attention4j.internal.java.tiled;
