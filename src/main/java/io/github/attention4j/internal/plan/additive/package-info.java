/** Gradients of additive scores, on any device. */
package io.github.attention4j.internal.plan.additive;
