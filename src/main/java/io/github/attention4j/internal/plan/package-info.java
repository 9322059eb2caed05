/**
 * Decides: which kernel, which tiles, which options, and why not the others. The only judge of what is legal on a device,
 * which it knows by its numbers only: no driver, no memory, no stream.
 */
package io.github.attention4j.internal.plan;
