/**
 * The rules of this repository as tests: who may know whom, how kernels are written, and that the documentation is
 * true.
 */
package io.github.attention4j.house;
