/** Benchmarks for JMH: calls, what enqueueing and planning cost, start-up and memory in fresh JVMs. */
package io.github.attention4j.bench.jmh;
