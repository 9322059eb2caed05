/** Layers around attention in pure Java: their definitions in double precision. */
package io.github.attention4j.internal.java.layers;
