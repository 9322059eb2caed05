package io.github.attention4j.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jocl.cl_mem;
import org.junit.jupiter.api.Test;

class RawDeviceTest {
    private static final Path STATUS = Path.of("/proc/self/status");

    /**
     * In a process without libjsig, which bench/run and the test run have: two threads of the JVM that meet a driver's
     * handler of SIGSEGV at the same moment end it.
     */
    @Test
    void theJvmHasItsSignalHandlersBehindABuildAndALaunch() throws Exception {
        Device device = AttentionEngine.devices().get(0);
        assumeTrue(device.type() == Device.Type.CPU, "needs OpenCL on the processor");
        assumeTrue(Files.exists(STATUS), "needs Linux");
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                RawDeviceTest.class.getName(),
                device.id());
        command.environment().remove("LD_PRELOAD");
        Process child = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        child.getOutputStream().close();
        String[] lines = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n");
        assertEquals(0, child.waitFor());
        assertEquals(2, lines.length, String.join("\n", lines));
        assertEquals(lines[0], lines[1]);
    }

    public static void main(String[] arguments) throws IOException {
        AttentionEngine.devices(); // has the driver's first handlers given back
        System.out.println(caughtSignals());
        try (RawDevice raw = new RawDevice(arguments[0])) {
            String name = "twice" + System.nanoTime(); // a kernel that no cache knows
            String source = "kernel void " + name + "(global float *x) { x[get_global_id(0)] *= 2; }";
            cl_mem numbers = raw.zeros(64);
            raw.run(raw.kernel(source, name, ""), 64, null, numbers);
        }
        System.out.println(caughtSignals());
    }

    private static String caughtSignals() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("SigCgt:"))
                .findFirst()
                .orElse("");
    }
}
