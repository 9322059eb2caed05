/**
 * Decides which kernel computes a spec on a device, with which tiles and over which work-groups, and why not the
 * others. Knows families by a list and devices by their numbers; no driver, no memory, no stream.
 */
package io.github.attention4j.internal.plan;
