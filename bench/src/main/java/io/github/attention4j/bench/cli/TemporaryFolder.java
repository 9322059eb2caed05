package io.github.attention4j.bench.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** A folder for files, which goes with all of them. */
record TemporaryFolder(Path path) implements AutoCloseable {
    TemporaryFolder(String name) throws IOException {
        this(Files.createTempDirectory(name));
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(path)) {
            all = new ArrayList<>(files.toList());
        }
        Collections.reverse(all); // what is in a folder before the folder
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
