package io.github.attention4j.internal.plan;

import io.github.attention4j.EngineOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tuning table that the tuner keeps for this user beside the compiled programs. Nobody asked for it by name, so one that cannot be read
 * must not stop an engine: it costs a warning, and a line in every {@code explain()}.
 *
 * @param table what was measured on this machine, or empty
 * @param complaint why the file is not used, or empty if it is, or there is none
 */
public record TuningCache(Optional<TuningTable> table, Optional<String> complaint) {
    /** The name of the file in {@link EngineOptions#cacheDirectory()}. */
    public static final String FILE = "tuning.csv";

    /** Where it is, whether or not there is one yet; empty if nothing is kept on disk. */
    public static Optional<Path> file(EngineOptions options) {
        Optional<Path> folder = options.cacheDirectory();
        return folder.isPresent() ? Optional.of(folder.get().resolve(FILE)) : Optional.empty();
    }

    /** Reads it, and warns once if that fails. */
    static TuningCache read(EngineOptions options) {
        Optional<Path> file = file(options);
        if (file.isEmpty() || !Files.exists(file.get())) {
            return new TuningCache(Optional.empty(), Optional.empty());
        }
        try {
            return new TuningCache(Optional.of(TuningTable.read(file.get())), Optional.empty());
        } catch (IllegalArgumentException e) {
            Lazy.LOG.warn(
                    "The tuning cache is not used: {}. Delete the file, or write it anew with bench/run --tune;"
                            + " EngineOptions.withCacheDirectory names another folder.",
                    e.getMessage());
            return new TuningCache(Optional.empty(), Optional.of("not the tuning cache: " + e.getMessage()));
        }
    }

    /** Loaded with the first warning, so that an engine without one needs no logger. */
    private static final class Lazy {
        static final Logger LOG = LoggerFactory.getLogger(TuningCache.class);
    }
}
