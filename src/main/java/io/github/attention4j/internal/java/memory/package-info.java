/**
 * Operands in the JVM's memory: tensors, caches, and their rows read and written as floats, whatever type and layout
 * they have.
 */
package io.github.attention4j.internal.java.memory;
