package io.github.attention4j.internal.opencl;

/** How many objects of the driver this process holds, which the library counts for its tests. */
public final class NativeObjects {
    private NativeObjects() {}

    /** Those that were not freed. */
    public static long live() {
        return Native.live();
    }
}
