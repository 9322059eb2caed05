/** What is known of drivers and processors by their names and versions. Pure data; asked by who plans and by who talks to drivers. */
package io.github.attention4j.internal.device;
