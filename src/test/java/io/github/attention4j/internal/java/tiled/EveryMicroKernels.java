package io.github.attention4j.internal.java.tiled;

import java.util.List;

/** The micro-kernels of this JVM, for tests in other rooms. */
public final class EveryMicroKernels {
    private EveryMicroKernels() {}

    /** The plain ones always; those with vectors when this JVM has them. */
    public static List<MicroKernels> list() {
        return TiledAttentionTest.kernels();
    }

    /** The plain ones. */
    public static MicroKernels plain() {
        return new PlainKernels("");
    }
}
