/**
 * Calls in parts, and calls in one: what is too large for one buffer is computed a few heads at a time, and what is
 * small together with its like. Each part, and each number of calls, is planned once.
 */
package io.github.attention4j.internal.split;
