/** What the definition and the fast path have in common: which keys a query sees, and the functions that both need. */
package io.github.attention4j.internal.java.steps;
