package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder in which an engine keeps compiled programs and the tuner's findings, if it keeps any. Programs are native
 * code: they are loaded only from a folder that is this user's alone. It is looked at on every use. One that will not
 * do costs one warning in a JVM, and nothing is read or written there.
 */
public final class CacheFolder {
    private static final String REMEDY = "EngineOptions.withCacheDirectory or -D" + DefaultCache.PROPERTY
            + "=<folder> names another folder, or with nothing behind the sign none.";
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private final Optional<Path> folder;

    /** An absolute path, or empty to keep nothing. */
    public CacheFolder(Optional<Path> folder) {
        this.folder = folder;
    }

    /**
     * Where programs are kept if the user says nothing: below the system's folder for caches, or nowhere if that makes
     * no sense.
     */
    public static Optional<Path> byDefault() {
        try {
            return DefaultCache.folder();
        } catch (DiskException e) {
            complain(e);
            return Optional.empty();
        }
    }

    /** Whether something could be kept. */
    public boolean isUsable() {
        return place().isPresent();
    }

    /** Where it is, whether or not it exists yet; empty if nothing may be read or written. */
    public Optional<Path> place() {
        if (folder.isEmpty()) {
            return folder;
        }
        try {
            return Optional.of(checked());
        } catch (IOException e) {
            complain(e);
            return Optional.empty();
        }
    }

    /** Why it is not used, or empty if it is, or none is wanted. */
    public Optional<String> problem() {
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        try {
            checked();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e instanceof DiskException ? e.getMessage() : e.toString());
        }
    }

    /**
     * Why nothing is kept if the user says nothing; empty if something is, or the user wants nothing. Without a word to
     * the log.
     */
    public static Optional<String> problemByDefault() {
        try {
            return new CacheFolder(DefaultCache.folder()).problem();
        } catch (DiskException e) {
            return Optional.of(e.getMessage());
        }
    }

    private Path checked() throws IOException {
        return Ownership.place(PathText.absolute("the cache folder", folder.get(), REMEDY), REMEDY);
    }

    /**
     * The contents of a file in it.
     *
     * @throws NoSuchFileException if there is none
     * @throws IOException if it cannot be read, or others could have written it
     */
    public byte[] read(Path file) throws IOException {
        check(file);
        return Files.readAllBytes(file);
    }

    /** Fails like {@link #read} where others could have written this file of a folder that is used. */
    public static void check(Path file) throws IOException {
        Ownership.check(file, "Delete it.");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new DiskException(file + " is no file", "Delete it.");
        }
    }

    /**
     * Puts a file into the folder, which is made if it is missing.
     *
     * @throws IOException if that fails, or the folder must not be used
     */
    public void write(String name, byte[] bytes) throws IOException {
        Path place = checked();
        WholeFile.createFolders(place);
        Ownership.check(place, REMEDY); // made by somebody else meanwhile, or by a file system with rules of its own
        LeftOver.remove(place, WholeFile.ASIDE_PREFIX);
        WholeFile.replace(place.resolve(name), bytes);
    }

    private static void complain(IOException problem) {
        String text = problem instanceof DiskException ? problem.getMessage() : problem.toString();
        if (SAID.add(text)) {
            Lazy.LOG.warn("No compiled programs are kept on disk, and each process compiles anew: {}", text);
        }
    }

    /** Loaded with the first warning, so that an engine without one needs no logger. */
    private static final class Lazy {
        static final Logger LOG = LoggerFactory.getLogger(CacheFolder.class);
    }
}
