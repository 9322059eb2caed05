/** What hardware and drivers can do, by what they say of themselves: instructions, how sub-groups exchange numbers, quirks. Under both discovery and planning; decides nothing. */
package io.github.attention4j.internal.device;
