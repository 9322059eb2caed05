/**
 * Results of a card: every kernel checked, tiles tuned, steps and shapes measured, in one small file that can be sent
 * in. No names and no folders get into it.
 */
package io.github.attention4j.bench.card;
