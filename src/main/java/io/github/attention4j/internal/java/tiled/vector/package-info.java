/** The inner loops of the pure-Java path in the Vector API, which the JVM has only if it is told so at its start. */
package io.github.attention4j.internal.java.tiled.vector;
