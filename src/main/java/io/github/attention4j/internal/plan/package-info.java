/** Decides which kernel computes a spec on a device, with which tiles and over which work-groups. Knows families by a list; talks to no driver. */
package io.github.attention4j.internal.plan;
