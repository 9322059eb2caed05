/** What the public API stands on: finding devices, what every device must be able to do, and checks of shapes. Not for use from outside. */
package io.github.attention4j.internal;
