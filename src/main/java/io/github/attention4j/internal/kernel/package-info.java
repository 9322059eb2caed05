/**
 * The contract with the kernels: names, macros, the struct of parameters, and the pasted source. Under both planning
 * and the driver.
 */
package io.github.attention4j.internal.kernel;
