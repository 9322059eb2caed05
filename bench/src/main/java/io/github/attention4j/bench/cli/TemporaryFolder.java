package io.github.attention4j.bench.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder for files, which goes with all of them. */
record TemporaryFolder(Path path) implements AutoCloseable {
    TemporaryFolder(String name) throws IOException {
        this(Files.createTempDirectory(name));
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.list(path)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(path);
    }
}
