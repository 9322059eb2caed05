/**
 * What is known of every operand, in one table: role, shape, types, contents. Specs, the checks of arrays and tensors,
 * the splitting of large calls, and the arguments and numbers of kernels are read from it.
 */
package io.github.attention4j.internal.operand;
