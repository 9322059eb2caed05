package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.internal.device.Quirks;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * JVMs as users start them, without libjsig: a driver that compiles with LLVM in the process must not take the JVM's
 * signal handlers. Without what {@link SignalChaining} does, these processes end by a signal or print something else.
 */
@Tag("opencl")
class UnchainedTest {
    private static final String HANDLERS_STAY = "replaced: false";

    @TempDir
    Path folder;

    private static Quirks quirks;

    @BeforeAll
    static void theDriverCompilesInTheProcess() {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "Linux");
        Device device = AttentionEngine.devices().get(0);
        quirks = Quirks.of(device);
        assumeTrue(quirks.takesSignals(), "a driver with LLVM");
    }

    /** What a JVM without libjsig printed that does {@link UnchainedProcess} with {@code options}. */
    private List<String> run(int exitCode, String what, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-Dattention4j.cache=" + folder.resolve("programs"),
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(1, List.of(options));
        command.addAll(List.of(UnchainedProcess.class.getName(), what));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("LD_PRELOAD");
        builder.directory(folder.toFile()); // for what a JVM leaves that ends by a signal
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(240, TimeUnit.SECONDS), "still running");
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.ISO_8859_1);
        assertEquals(exitCode, process.exitValue(), printed);
        return printed.lines().toList();
    }

    @Test
    void nullPointersAndDivisionsByZeroAreJavasAfterDiscovery() throws Exception {
        List<String> printed = run(0, "faults");
        assertTrue(printed.containsAll(List.of("null pointer", "division by zero", HANDLERS_STAY)), printed.toString());
    }

    @Test
    void theyAreTooIfTheDriverWasInUseBefore() throws Exception {
        List<String> printed = run(0, "late");
        assertTrue(
                printed.containsAll(List.of("[7, 7]", "null pointer", "division by zero", HANDLERS_STAY)),
                printed.toString());
    }

    @Test
    void everyProgramIsBuiltWhileTheJvmCollects() throws Exception {
        List<String> printed = run(0, "collecting");
        assertEquals(
                8,
                printed.stream()
                        .filter(line -> line.equals("built and true, " + HANDLERS_STAY))
                        .count(),
                printed.toString());
        assertTrue(printed.containsAll(List.of("right", HANDLERS_STAY)), printed.toString());
    }

    @Test
    void aChildIsStartedForTheFirstProgramAndNoneWhereItIsKept() throws Exception {
        List<String> cold = run(0, "attend");
        String saying = "signal handlers: the JVM's; programs are compiled in a child process";
        assertTrue(cold.containsAll(List.of("right", HANDLERS_STAY, "children: 1", saying)), cold.toString());
        List<String> warm = run(0, "attend");
        String children = "children: " + (quirks.givesBinary(false) ? 0 : 1);
        assertTrue(warm.containsAll(List.of("right", HANDLERS_STAY, children, saying)), warm.toString());
    }

    @Test
    void withoutAChildTheHandlersAreGivenBackAfterTheBuild() throws Exception {
        List<String> printed = run(0, "attend", "-Dattention4j.compileInChild=false");
        assertTrue(printed.containsAll(List.of("right", HANDLERS_STAY, "children: 0")), printed.toString());
        assertTrue(
                printed.stream()
                        .anyMatch(line -> line.startsWith("signal handlers: given back to the JVM after each")
                                && line.contains("-Dattention4j.compileInChild=false")),
                printed.toString());
        assertTrue(printed.stream().anyMatch(line -> line.contains("LD_PRELOAD=")), "one warning: " + printed);
    }

    @Test
    void thatNoChildCanBeStartedFromAJarInAJarIsToldBeforeAnythingIsCompiled() throws Exception {
        List<String> printed = run(0, "nested");
        String told = printed.stream()
                .filter(line -> line.contains("signal handlers"))
                .findFirst()
                .orElse("");
        assertTrue(told.contains("given back to the JVM after each program"), printed.toString());
        assertTrue(
                told.contains("its child process cannot be started from jar:file:/app.jar!/lib/attention4j.jar!/"),
                told);
    }

    @Test
    void theChildEndsWithItsParent() throws Exception {
        List<String> printed = run(3, "orphan");
        List<Long> children = printed.stream()
                .filter(line -> line.startsWith("child "))
                .map(line -> Long.valueOf(line.substring(6)))
                .toList();
        assertEquals(1, children.size(), printed.toString());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (isRunning(children.get(0)) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertFalse(isRunning(children.get(0)), "process " + children.get(0) + " outlives its parent");
    }

    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)
                && new File("/proc/" + pid + "/exe").exists(); // not a zombie, where nobody collects orphans
    }
}
