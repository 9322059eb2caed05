package io.github.attention4j.bench.tune;

import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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

    /** The planner's own choice first: it matters most, and others are measured by it. */
    public static List<KernelFamily> openCl(Device device, DType type) {
        List<KernelFamily> families = new ArrayList<>(openCl());
        try {
            KernelFamily chosen = Rate.chosen(device, type);
            families.sort(Comparator.comparing(family -> family != chosen));
        } catch (RuntimeException e) {
            // It does not compile, say. Each family is about to be tried by itself, and then that is written down.
        }
        return families;
    }
}
