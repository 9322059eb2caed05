package io.github.attention4j.internal.plan.tuning;

import io.github.attention4j.EngineOptions;
import io.github.attention4j.internal.disk.CacheFolder;
import io.github.attention4j.internal.disk.DiskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tuning table that the tuner keeps for this user beside the compiled programs. Nobody asked for it by name, so one
 * that cannot be read must not stop an engine: it costs a warning, and a line in every {@code explain()}.
 *
 * @param <T> the kind of table
 * @param table what was measured on this machine, or empty
 * @param complaint why the file is not used, or empty if it is, or there is none
 */
public record TuningCache<T>(Optional<T> table, Optional<String> complaint) {
    /** The name of the file in {@link EngineOptions#cacheDirectory()}. */
    public static final String FILE = "tuning.csv";

    /** How a file is read. */
    public interface FileReader<T> {
        /**
         * The table.
         *
         * @throws IllegalArgumentException naming file and line, if it is not one
         */
        T read(Path file);
    }

    /** Where it is, whether or not there is one yet; empty if nothing is kept on disk. */
    public static Optional<Path> file(EngineOptions options) {
        Optional<Path> folder = options.cacheDirectory();
        return folder.isPresent() ? Optional.of(folder.get().resolve(FILE)) : Optional.empty();
    }

    /** Reads the file of a name, and warns once if that fails. */
    public static <T> TuningCache<T> read(EngineOptions options, String name, FileReader<T> reader) {
        CacheFolder folder = new CacheFolder(options.cacheDirectory());
        Optional<Path> place = folder.place();
        if (place.isEmpty()) {
            Optional<String> problem = folder.problem();
            return problem.isEmpty() ? none() : unused(problem.get());
        }
        Path file = place.get().resolve(name);
        if (!Files.exists(file)) {
            return none();
        }
        try {
            CacheFolder.check(file);
            return new TuningCache<>(Optional.of(reader.read(file)), Optional.empty());
        } catch (IllegalArgumentException | IOException e) {
            Lazy.LOG.warn(
                    "The tuning cache is not used: {}. Delete the file, or write it anew with bench/run tune;"
                            + " EngineOptions.withCacheDirectory names another folder.",
                    e instanceof DiskException ? ((DiskException) e).why() : e.getMessage());
            return unused(e.getMessage());
        }
    }

    private static <T> TuningCache<T> none() {
        return new TuningCache<>(Optional.empty(), Optional.empty());
    }

    private static <T> TuningCache<T> unused(String why) {
        return new TuningCache<>(Optional.empty(), Optional.of("not the tuning cache: " + why));
    }

    /** Loaded with the first warning, so that an engine without one needs no logger. */
    private static final class Lazy {
        static final Logger LOG = LoggerFactory.getLogger(TuningCache.class);
    }
}
