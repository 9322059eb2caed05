package io.github.attention4j.bench.decode;

import java.lang.reflect.Method;

/** The library's own count of the driver's objects that it holds. It is no part of the library's interface, so it is asked for by name. */
final class LiveNatives {
    private static final String COUNTER = "io.github.attention4j.internal.opencl.Native";

    private LiveNatives() {}

    /** Objects of all engines that were made and not freed; 0 of those that run in the JVM. */
    static long count() {
        try {
            Method live = Class.forName(COUNTER).getDeclaredMethod("live");
            live.setAccessible(true);
            return (long) live.invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "the library does not count its native objects any more in " + COUNTER + ".live()", e);
        }
    }
}
