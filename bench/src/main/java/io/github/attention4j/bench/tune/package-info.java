/**
 * Looks for the fastest tiles that are right, and keeps them only if a second comparison confirms the gain. Reaches
 * planning by one class.
 */
package io.github.attention4j.bench.tune;
