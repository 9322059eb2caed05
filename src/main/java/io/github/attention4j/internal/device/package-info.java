/**
 * What hardware and drivers can do, by what they say of themselves: instructions, how sub-groups exchange numbers,
 * quirks of drivers by version. Data, under both discovery and planning; it decides nothing and touches no driver.
 */
package io.github.attention4j.internal.device;
