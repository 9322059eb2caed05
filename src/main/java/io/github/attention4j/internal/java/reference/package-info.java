/** The definition: exact attention in double precision, row by row. */
package io.github.attention4j.internal.java.reference;
