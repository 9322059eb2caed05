package io.github.attention4j.internal.cpu;

import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.Backend;

/** This JVM. */
public abstract class JavaBackend implements Backend {
    public static Device device(String id) {
        return new Device(id, Device.Type.JAVA, "Java", "", "", "", 1, 8, 1, 1, 1, 1, true);
    }

    public static Backend open(String id, EngineOptions options) {
        throw new UnsupportedOperationException();
    }
}
