/** Computes in Java: the definition in double precision, the fast path in tiles, and tensors, streams and caches in the JVM's memory. */
package io.github.attention4j.internal.cpu;
