package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every package of the library, the examples and the bench says what it is for, and what it must not know. */
class PackagesTest {
    private static final Path MODULE = Path.of("src/main/java");

    @ParameterizedTest
    @ValueSource(
            strings = {"src/main/java", "src/examples/java", "src/transformer/src/main/java", "bench/src/main/java"})
    void everyPackageSaysWhatItIsFor(Path sources) throws IOException {
        List<Path> packages;
        try (Stream<Path> files = Files.walk(sources)) {
            packages = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .filter(folder -> !folder.equals(MODULE)) // the module's descriptor
                    .distinct()
                    .toList();
        }
        assertFalse(packages.isEmpty(), "the sources are not where this test looks: " + sources.toAbsolutePath());
        assertEquals(
                List.of(),
                packages.stream()
                        .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                        .toList());
    }
}
