/**
 * What a family of kernels is: when it is meant, its configurations and what is legal, how keys are shared out. Knows
 * no family.
 */
package io.github.attention4j.internal.plan.family;
