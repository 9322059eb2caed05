package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SignalChainingTest {
    @Test
    void onlyDriversWithACompilerInTheProcessAreWarnedAboutWithoutTheLibrary() {
        assertTrue(SignalChaining.isNeeded("Portable Computing Language OpenCL 3.0", "/lib/libc.so.6", true));
        assertFalse(SignalChaining.isNeeded("Portable Computing Language OpenCL 3.0", "/jdk/lib/libjsig.so", true));
        assertFalse(SignalChaining.isNeeded("Portable Computing Language OpenCL 3.0", "/lib/libc.so.6", false));
        assertTrue(SignalChaining.isNeeded("NVIDIA CUDA OpenCL 3.0 CUDA 13.0.98", "/lib/libc.so.6", true));
        assertFalse(SignalChaining.isNeeded("AMD Accelerated Parallel Processing", "/lib/libc.so.6", true));
    }

    @Test
    @Tag("opencl")
    void theTestsThemselvesRunWithIt() throws Exception {
        boolean pocl = Device.list().get(0).platform().startsWith("Portable Computing Language");
        boolean linux = Files.exists(Path.of("/proc/self/maps"));
        if (pocl && linux) {
            assertTrue(
                    Files.readString(Path.of("/proc/self/maps")).contains("libjsig"),
                    "the pom preloads the JVM's libjsig.so for tests, because PoCL can crash a JVM without it");
        }
    }
}
