/** Decides how layers around attention are computed on an OpenCL device: which kernels, with which tiles, and why. */
package io.github.attention4j.internal.plan.layers;
