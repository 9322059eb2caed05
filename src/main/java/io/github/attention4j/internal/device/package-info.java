/**
 * What is known of drivers and processors by their names and versions, as data. Planning and the drivers' room ask it; it
 * asks nobody, and touches no driver.
 */
package io.github.attention4j.internal.device;
