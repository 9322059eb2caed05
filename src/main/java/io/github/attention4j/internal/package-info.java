/**
 * What every room stands on: what a device must be able to do ({@code Backend}), checks of shapes and buffers, sizes
 * that cannot overflow. Knows no device and no kernel. Nothing below this package is for use from outside.
 */
package io.github.attention4j.internal;
