/** Who does the work: the threads of an engine. Knows nothing of attention. */
package io.github.attention4j.internal.java.threads;
