/** Models' weights in a device's memory. */
package io.github.attention4j.transformer.internal.device;
