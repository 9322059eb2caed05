package io.github.attention4j.bench.card;

import io.github.attention4j.KernelFamily;
import java.util.Arrays;
import java.util.List;

/** The kernel families of OpenCL devices. */
public final class Families {
    private Families() {}

    /** All of them, whatever they are: those that do not run in the JVM. */
    public static List<KernelFamily> openCl() {
        return Arrays.stream(KernelFamily.values())
                .filter(family -> family != KernelFamily.JAVA && family != KernelFamily.REFERENCE)
                .toList();
    }
}
