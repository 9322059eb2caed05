/**
 * This JVM as a device: engine, plans, streams and events in plain Java. It calls the rooms below, which do not know it: {@code reference} and
 * {@code tiled} compute, by the rules of {@code steps}, on the rows of {@code memory}, with the {@code threads} of an engine.
 */
package io.github.attention4j.internal.java;
