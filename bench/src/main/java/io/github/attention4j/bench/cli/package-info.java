/**
 * The commands of {@code bench/run}: their options, what is told before anything is built, and the runs that they
 * start. What is measured, and how, is in the other packages.
 */
package io.github.attention4j.bench.cli;
