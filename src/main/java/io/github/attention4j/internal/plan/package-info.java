/** Decides: which kernel, which tiles, which options, and why not the others. Knows devices by their numbers only, never a driver. */
package io.github.attention4j.internal.plan;
