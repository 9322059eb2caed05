package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.testing.Jvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever call of the driver fails, the right exception tells of it, nothing is left in the driver, and the next call
 * works.
 */
@Tag("opencl")
class FaultInjectionTest {
    private static final Path SOURCE = Path.of("src", "test", "native", "faults.c");

    @TempDir
    Path folder;

    @ParameterizedTest(name = "JOCL''s exceptions {0}")
    @ValueSource(strings = {"off", "on"})
    void everyCallMayFail(String exceptions) throws Exception {
        Path library = folder.resolve("libOpenCL.so.1");
        assumeTrue(build(library), "there is no C compiler (cc)");
        Files.createSymbolicLink(folder.resolve("libOpenCL.so"), library);
        Path control = folder.resolve("control");
        new FaultControl(control);
        Path programs = Files.createDirectory(folder.resolve("programs"));
        Jvm.Result result = new Jvm()
                .minutes(10)
                .environment("LD_LIBRARY_PATH", folder.toString())
                .environment("FAULTS_CONTROL", control.toString())
                .environment("FAULTS_REAL", realLibrary().orElseThrow())
                .option("-Dattention4j.cache=", "-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")))
                .run(FaultRun.class, control.toString(), programs.toString(), exceptions);
        assertEquals(0, result.exit(), result::toString);
        result.out().lines().filter(line -> line.startsWith("FAULTS ")).forEach(System.out::println);
    }

    private static boolean build(Path library) throws Exception {
        List<String> command = List.of(
                "cc",
                "-std=gnu11",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-fPIC",
                "-shared",
                "-o",
                library.toString(),
                SOURCE.toString(),
                "-ldl");
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return false;
        }
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, compiler.waitFor(), said);
        return true;
    }

    /** The OpenCL library that this JVM has loaded. */
    private static Optional<String> realLibrary() throws IOException {
        AttentionEngine.devices();
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("/libOpenCL.so"))
                .map(line -> line.substring(line.indexOf('/')))
                .findFirst();
    }
}
