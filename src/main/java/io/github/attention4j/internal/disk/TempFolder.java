package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder for temporary files, asked for by its property on each use: the JDK's own methods keep what they met first, and fail with an error of
 * their class when it is no path.
 */
public final class TempFolder {
    private static final String PROPERTY = "java.io.tmpdir";
    private static final String REMEDY =
            "Start the JVM with -D" + PROPERTY + "=FOLDER, the absolute path of one that only you can write to.";

    /** Bytes that a disk must have left to be called not full. */
    private static final long FEW = 1 << 20;

    private TempFolder() {}

    /** The folder, which exists. */
    public static Path path() throws DiskException {
        Path folder = PathText.absolute("the system property " + PROPERTY, System.getProperty(PROPERTY), REMEDY);
        if (!Files.isDirectory(folder)) {
            throw new DiskException("the temporary folder " + folder + " does not exist, or is no folder", REMEDY);
        }
        return folder;
    }

    /** Keeps a text for its user to look at, in a new file. */
    public static Path keep(String name, String ending, String text) throws IOException {
        return WholeFile.create(path(), name, ending, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A new folder, empty and this user's alone.
     *
     * @param prefix of its name
     */
    public static Path makeFolder(String prefix) throws DiskException {
        try {
            Path parent = Ownership.wayTo(path(), REMEDY);
            Path made = WholeFile.createFolder(parent, prefix);
            try { // some file systems give what they hold to somebody else, or to everybody
                Ownership.check(made, REMEDY);
                return made;
            } catch (IOException e) {
                Files.deleteIfExists(made);
                throw e;
            }
        } catch (DiskException e) {
            throw e;
        } catch (IOException e) {
            throw failure("nothing can be put into the temporary folder ", Path.of(System.getProperty(PROPERTY)), e);
        }
    }

    /** That something could not be written into a folder below. */
    public static DiskException notUnpacked(String what, Path folder, IOException cause) {
        return failure(what + " cannot be unpacked into the temporary folder ", folder.getParent(), cause);
    }

    private static DiskException failure(String what, Path folder, IOException cause) {
        return isFull(folder)
                ? new DiskException(what + folder + ", which is full", "Make room there. " + REMEDY, cause)
                : new DiskException(what + folder + " (" + cause + ")", REMEDY, cause);
    }

    private static boolean isFull(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace() < FEW;
        } catch (IOException e) {
            return false;
        }
    }

    /** Lets this user run a file, and fails where the system runs and loads nothing all the same. */
    public static void checkLoadable(Path file) throws DiskException {
        if (file.toFile().setExecutable(true) && !Files.isExecutable(file)) {
            throw new DiskException(
                    "nothing may be loaded from the temporary folder "
                            + file.getParent().getParent() + ", which is mounted with noexec",
                    REMEDY);
        }
    }
}
