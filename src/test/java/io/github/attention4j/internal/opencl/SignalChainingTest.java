package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SignalChainingTest {
    private static final String POCL = "Portable Computing Language OpenCL 3.0";
    private static final String NVIDIA = "NVIDIA CUDA OpenCL 3.0 CUDA 13.0.98";

    @Test
    void onlyDriversWithACompilerInTheProcessAreLookedAfter() {
        assertTrue(SignalChaining.isNeeded(POCL));
        assertTrue(SignalChaining.isNeeded(NVIDIA));
        assertFalse(SignalChaining.isNeeded("AMD Accelerated Parallel Processing"));
        assertTrue(SignalChaining.givesObjects(POCL));
        assertFalse(SignalChaining.givesObjects(NVIDIA));
    }

    @Test
    @Tag("opencl")
    void theTestsThemselvesRunWithTheLibraryThatChains() throws Exception {
        Device device = Device.list().get(0);
        boolean pocl = device.platform().startsWith("Portable Computing Language");
        boolean linux = Files.exists(Path.of("/proc/self/maps"));
        if (pocl && linux) {
            assertTrue(
                    Files.readString(Path.of("/proc/self/maps")).contains("libjsig"),
                    "the pom preloads the JVM's libjsig.so for tests, because bare calls of PoCL can crash a JVM without it");
            assertEquals("signal handlers: chained by libjsig", SignalChaining.protection(device));
            assertFalse(SignalHandlers.isActive());
        }
    }
}
