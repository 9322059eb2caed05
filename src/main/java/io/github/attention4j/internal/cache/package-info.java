/** Caches of keys and values, as far as no device is concerned: sequences, pages and what a call may ask for. */
package io.github.attention4j.internal.cache;
