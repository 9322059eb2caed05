package demo;

import io.github.attention4j.internal.Backends;

/** Does not compile against the module. */
final class Intruder {
    private Intruder() {}

    static Object devices() {
        return Backends.devices();
    }
}
