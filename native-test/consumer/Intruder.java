package demo;

import io.github.attention4j.internal.engine.Backends;

/** Does not compile against the module. */
final class Intruder {
    private Intruder() {}

    static Object devices() {
        return Backends.devices();
    }
}
