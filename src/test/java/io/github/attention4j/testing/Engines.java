package io.github.attention4j.testing;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Engines that tests share, since opening one and compiling its kernels takes longer than most tests. Never closed by a test. */
public final class Engines {
    private static final Map<KernelFamily, AttentionEngine> SHARED = new ConcurrentHashMap<>();

    private Engines() {}

    /** The engine of the first OpenCL device, with the family forced. */
    public static AttentionEngine opencl(KernelFamily family) {
        return SHARED.computeIfAbsent(
                family,
                f -> AttentionEngine.open(
                        openClDevice(), EngineOptions.defaults().withFamily(f)));
    }

    /** One engine for each kernel family that can run here: both OpenCL families on the first OpenCL device, and pure Java. */
    public static Stream<Named<AttentionEngine>> all() {
        List<Named<AttentionEngine>> all = new ArrayList<>();
        if (Device.list().get(0).type() != Device.Type.JAVA) {
            all.add(Named.of("LANES", opencl(KernelFamily.LANES)));
            all.add(Named.of("TILES", opencl(KernelFamily.TILES)));
        }
        all.add(Named.of("JAVA", java("java", KernelFamily.JAVA)));
        all.add(Named.of("REFERENCE", java("reference", KernelFamily.REFERENCE)));
        return all.stream();
    }

    private static AttentionEngine java(String id, KernelFamily family) {
        return SHARED.computeIfAbsent(family, f -> AttentionEngine.open(id));
    }

    /** The id of the first OpenCL device; fails where there is none, because tests that need one are tagged and left out there. */
    public static String openClDevice() {
        Device first = Device.list().get(0);
        if (first.type() == Device.Type.JAVA) {
            throw new AssertionError(
                    "this test needs an OpenCL device, and there is none; native-test/run installs PoCL and leaves tests with the tag"
                            + " opencl out where no device is wanted");
        }
        return first.id();
    }
}
