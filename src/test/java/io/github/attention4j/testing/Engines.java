package io.github.attention4j.testing;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Engines that tests share, since opening one and compiling its kernels takes longer than most tests. Never closed by a
 * test.
 */
public final class Engines {
    private static final Map<KernelFamily, AttentionEngine> SHARED = new ConcurrentHashMap<>();

    private Engines() {}

    /**
     * The engine of the first OpenCL device, with the family forced; skips the test if its kernels cannot be judged
     * there.
     */
    public static AttentionEngine opencl(KernelFamily family) {
        if (family == KernelFamily.TILES || family == KernelFamily.MATRIX) {
            DeviceCondition.assumeGroupsAreCompiledRight();
        }
        return SHARED.computeIfAbsent(
                family,
                f -> AttentionEngine.open(
                        openClDevice(), EngineOptions.defaults().withFamily(f)));
    }

    /**
     * The kernel families that can run any spec here: those of OpenCL but MATRIX where there is a device, and those of
     * Java.
     */
    public static Stream<KernelFamily> families() {
        boolean opencl = AttentionEngine.devices().get(0).type() != Device.Type.JAVA;
        return Stream.of(KernelFamily.values())
                .filter(family -> family != KernelFamily.MATRIX) // 16-bit inputs only; it has tests of its own
                .filter(family -> opencl || family == KernelFamily.JAVA || family == KernelFamily.REFERENCE);
    }

    /** The families that compute gradients of any spec that has them. */
    public static Stream<KernelFamily> gradientFamilies() {
        return families().filter(family -> family != KernelFamily.DECODE);
    }

    /** The engine that runs this family. */
    public static AttentionEngine of(KernelFamily family) {
        return switch (family) {
            case LANES, TILES, MATRIX, DECODE -> opencl(family);
            case JAVA -> SHARED.computeIfAbsent(family, f -> AttentionEngine.open("java"));
            case REFERENCE -> SHARED.computeIfAbsent(family, f -> AttentionEngine.open("reference"));
        };
    }

    /**
     * The id of the first OpenCL device; fails where there is none, because tests that need one are tagged and left out
     * there.
     */
    public static String openClDevice() {
        Device first = AttentionEngine.devices().get(0);
        if (first.type() == Device.Type.JAVA) {
            throw new AssertionError(
                    "this test needs an OpenCL device, and there is none; native-test/run installs PoCL and leaves tests with the tag"
                            + " opencl out where no device is wanted");
        }
        return first.id();
    }
}
