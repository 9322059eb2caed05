package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Quirks;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SignalChainingTest {
    private static Quirks of(String platform) {
        return Quirks.of(platform, "", "");
    }

    @Test
    void onlyDriversWithACompilerInTheProcessAreLookedAfter() {
        Quirks pocl = of("Portable Computing Language OpenCL 3.0");
        Quirks nvidia = of("NVIDIA CUDA OpenCL 3.0 CUDA 13.0.98");
        assertTrue(pocl.takesSignals());
        assertTrue(SignalChaining.givesObjects(pocl));
        assertTrue(nvidia.takesSignals());
        assertFalse(SignalChaining.givesObjects(nvidia));
        assertFalse(of("AMD Accelerated Parallel Processing").takesSignals());
    }

    @Test
    @Tag("opencl")
    void theTestsThemselvesRunWithTheLibraryThatChains() throws Exception {
        Device device = AttentionEngine.devices().get(0);
        boolean pocl = device.platform().startsWith("Portable Computing Language");
        boolean linux = Files.exists(Path.of("/proc/self/maps"));
        if (pocl && linux) {
            assertTrue(
                    Files.readString(Path.of("/proc/self/maps")).contains("libjsig"),
                    "the pom preloads the JVM's libjsig.so for tests, because bare calls of PoCL can crash a JVM without it");
            assertEquals("chained by libjsig", SignalChaining.protection(device));
            assertFalse(SignalHandlers.isActive());
        }
    }
}
