/**
 * A small encoder-decoder learns to write dates, as people write them, in one way: training with attention, forward and
 * backward, on an engine. {@link io.github.attention4j.examples.dates.Training} trains it, in each of three
 * {@link io.github.attention4j.examples.dates.AttentionForm forms}; {@code bench/run train} shows it.
 */
package io.github.attention4j.examples.dates;
