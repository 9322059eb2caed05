/** Calls in parts: what is too large for one buffer is computed a few heads at a time. Each part is planned once. */
package io.github.attention4j.internal.split;
