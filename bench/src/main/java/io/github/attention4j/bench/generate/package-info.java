/** What several devices wrote, side by side; the decoder itself is one of the examples. */
package io.github.attention4j.bench.generate;
