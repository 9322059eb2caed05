package io.github.attention4j.machines;

import static io.github.attention4j.machines.Learning.learns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.testing.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that have no device and drivers that fail, played by a library of our own. */
class IdleDriverTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void compile() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "this is about Linux");
        ProcessBuilder compiler = new ProcessBuilder(
                "cc", "-shared", "-fPIC", "-o", folder.resolve("libOpenCL.so.1").toString(), "src/test/native/idle.c");
        compiler.environment().remove("LD_PRELOAD");
        int exit;
        try {
            exit = compiler.inheritIO().start().waitFor();
        } catch (IOException e) {
            assumeTrue(false, "there is no C compiler: " + e.getMessage());
            throw e;
        }
        assertEquals(0, exit, "cc");
    }

    @Test
    void aDriverWithoutADeviceIsNamed() {
        learns("the OpenCL driver Idle has no device", "", jvm());
        learns("the OpenCL driver Idle has no device", "", jvm().environment("IDLE_DEVICES", "-1"));
    }

    @Test
    void mesasDriverNeedsToBeToldWhatToDrive() {
        learns("the OpenCL driver rusticl has no device", "RUSTICL_ENABLE=", jvm().environment("IDLE_NAME", "rusticl"));
    }

    @Test
    void aVariableThatHidesDevicesIsNamed() {
        Jvm jvm = jvm().environment("IDLE_NAME", "NVIDIA CUDA").environment("CUDA_VISIBLE_DEVICES", "7");
        learns(
                "the OpenCL driver NVIDIA CUDA has no device",
                "CUDA_VISIBLE_DEVICES=7 chooses its devices; unset it",
                jvm);
    }

    @Test
    void aDriverThatFailsIsNamedWithItsCode() {
        learns("CL_OUT_OF_RESOURCES (-5)", "The driver itself is at fault", failing("IDLE_DEVICES", -5));
    }

    @Test
    void aLibraryThatFailsIsNamedWithItsCode() {
        learns("CL_OUT_OF_HOST_MEMORY (-6)", "The driver itself is at fault", failing("IDLE_PLATFORMS", -6));
    }

    @Test
    void aLibraryWithoutDriversSaysSo() {
        learns("no OpenCL driver is registered", "Unset OCL_ICD_VENDORS", failing("IDLE_PLATFORMS", -1001));
    }

    private Jvm failing(String variable, int code) {
        return jvm().environment(variable, Integer.toString(code));
    }

    private Jvm jvm() {
        return new Jvm()
                .environment("LD_LIBRARY_PATH", folder.toString())
                .environment("OCL_ICD_VENDORS", folder.toString())
                .environment("LD_PRELOAD", null)
                .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dattention4j.cache=");
    }
}
