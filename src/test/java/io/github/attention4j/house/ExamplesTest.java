package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.testing.Jvm;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The small example programs compile without a warning, and each runs in a JVM of its own, as a user would start it,
 * and prints something.
 */
class ExamplesTest {
    private static final Path SOURCES = Path.of("src/examples/java/io/github/attention4j/examples");
    private static final String PACKAGE = "io.github.attention4j.examples.";

    @TempDir
    static Path classes;

    @BeforeAll
    static void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler, "these tests need a JDK, not only a runtime");
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            StringWriter messages = new StringWriter();
            List<String> options = List.of(
                    "-classpath",
                    System.getProperty("java.class.path"),
                    "-d",
                    classes.toString(),
                    "-proc:none",
                    "-Xlint:all,-path",
                    "-Werror");
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            options,
                            null,
                            files.getJavaFileObjectsFromPaths(sources().toList()))
                    .call();
            assertTrue(compiled, messages::toString);
        }
    }

    @Test
    void allAreThere() throws IOException {
        assertEquals(
                List.of(
                        "Blocks",
                        "First",
                        "Generation",
                        "Options",
                        "OwnContext",
                        "OwnKernels",
                        "OwnScores",
                        "Tensors",
                        "Training"),
                names().toList());
    }

    @ParameterizedTest
    @MethodSource("names")
    void itRunsAndPrintsItsResult(String name) {
        String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
        Jvm.Result result = new Jvm()
                .option("-Dattention4j.cache=" + System.getProperty("attention4j.cache"))
                .run(List.of(), "-cp", classPath, PACKAGE + name);
        assertEquals(0, result.exit(), result::toString);
        assertTrue(!result.out().isBlank(), result::toString);
        assertTrue(!result.out().contains("NaN"), result::toString);
    }

    private static Stream<String> names() throws IOException {
        return sources()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .filter(name -> !name.equals("package-info"));
    }

    private static Stream<Path> sources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(Files::isRegularFile).sorted().toList().stream();
        }
    }
}
