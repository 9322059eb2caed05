/** What each option of a call costs, in turns with the same call without it. */
package io.github.attention4j.bench.cost;
