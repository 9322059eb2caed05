package io.github.attention4j.internal;

/**
 * Opens the engines in this JVM, {@code "java"} and {@code "reference"}: what computes on a device is checked against
 * them and gives way to them.
 */
public interface JavaSide {
    /** A new one, which the caller closes. */
    Backend open(String id);
}
