package io.github.attention4j.bench.tune;

import io.github.attention4j.internal.disk.CacheFolder;
import io.github.attention4j.internal.plan.Candidates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The tuning table of this user, which the library reads beside its compiled programs. */
public final class UserCache {
    private final Path file;

    /**
     * Reads it, if there is one.
     *
     * @throws IllegalArgumentException naming file and line, if it is there and broken, or naming the folder, if
     *     engines would not read it there
     */
    public UserCache(Path file) {
        this.file = file;
        Optional<String> problem = folder().problem();
        if (problem.isPresent()) {
            throw new IllegalArgumentException("what is tuned cannot be kept: " + problem.get());
        }
        try {
            table().ifPresent(Candidates::rows);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "; the tuner adds to this file, so mend it or delete it first", e);
        }
    }

    /** The table, if there is one yet. */
    public Optional<Path> table() {
        return Optional.of(file).filter(Files::exists);
    }

    /**
     * Replaces the rows of what was tuned, and leaves the others alone.
     *
     * @param tuned the keys of everything that was tuned: what no longer wins is forgotten
     * @param rows what won
     */
    public void replace(Collection<String> tuned, List<String> rows) throws IOException {
        List<String> all = new ArrayList<>(rows);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                boolean isRow = !line.isBlank() && !line.startsWith("#") && !line.equals(Candidates.HEADER);
                if (isRow && !tuned.contains(Candidates.key(line))) {
                    all.add(line);
                }
            }
        }
        // The first row that matches is taken, and one for a large head size matches small ones, too.
        all.sort(Comparator.comparingInt((String line) -> Integer.parseInt(Candidates.cell(line, "headDim")))
                .thenComparing(line -> Candidates.cell(line, "causal").equals("any")));
        // Aside first and then into place, so that an engine that is opened meanwhile reads all of it.
        folder().write(file.getFileName().toString(), TuningTarget.table(all).getBytes(StandardCharsets.UTF_8));
    }

    private CacheFolder folder() {
        return new CacheFolder(Optional.of(file.toAbsolutePath().getParent()));
    }

    /** Where it is. */
    public Path file() {
        return file;
    }
}
