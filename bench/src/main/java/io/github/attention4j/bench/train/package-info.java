/** What came of training the translator of dates, which is one of the examples. */
package io.github.attention4j.bench.train;
