/** Tensors of real models, for the command that runs one. */
package io.github.attention4j.bench.golden;
