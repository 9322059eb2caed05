/**
 * Caches of keys and values as bookkeeping: sequences, pages, and what a call may ask for. Memory and kernels belong to
 * the device's own room, behind {@code KvStore}; this one knows none.
 */
package io.github.attention4j.internal.cache;
