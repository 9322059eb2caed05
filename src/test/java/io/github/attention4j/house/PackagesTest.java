package io.github.attention4j.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every package of the library says what it is for, and what it must not know. */
class PackagesTest {
    private static final Path SOURCES = Path.of("src/main/java");

    @Test
    void everyPackageSaysWhatItIsFor() throws IOException {
        List<Path> packages;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            packages = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .filter(folder -> !folder.equals(SOURCES)) // the module's descriptor
                    .distinct()
                    .toList();
        }
        assertTrue(packages.size() > 5, "the sources are not where this test looks: " + SOURCES.toAbsolutePath());
        assertEquals(
                List.of(),
                packages.stream()
                        .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                        .toList());
    }
}
