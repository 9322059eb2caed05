package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder for temporary files, asked for by its property on each use: the JDK's own methods keep what they met
 * first, and fail with an error of their class when it is no path.
 */
public final class TempFolder {
    private static final String PROPERTY = "java.io.tmpdir";
    private static final String REMEDY = "Start the JVM with -D" + PROPERTY
            + "=<folder> naming a folder of this user's, by its absolute path, that nobody else can write to.";

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
     * @param what is to be put into it, for messages
     * @param prefix of its name
     */
    public static Path makeFolder(String what, String prefix) throws DiskException {
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
        } catch (IOException e) {
            throw notUnpacked(what, e);
        }
    }

    /** That something could not be written to the temporary folder, or to one below. */
    public static DiskException notUnpacked(String what, IOException cause) {
        String start = what + " cannot be unpacked: ";
        if (cause instanceof DiskException) {
            DiskException known = (DiskException) cause;
            return new DiskException(start + known.why(), known.remedy(), cause);
        }
        String folder = "the temporary folder " + System.getProperty(PROPERTY);
        return isFull()
                ? new DiskException(start + folder + " is full", "Make room there. Or: " + REMEDY, cause)
                : new DiskException(start + "nothing can be written to " + folder + " (" + cause + ")", REMEDY, cause);
    }

    private static boolean isFull() {
        try {
            return Files.getFileStore(path()).getUsableSpace() < FEW;
        } catch (IOException e) {
            return false;
        }
    }

    /** Lets this user run a file below, and fails where the system runs and loads nothing all the same. */
    public static void checkLoadable(String what, Path file) throws DiskException {
        if (file.toFile().setExecutable(true) && !Files.isExecutable(file)) {
            throw new DiskException(
                    what + " may not be loaded from the temporary folder " + System.getProperty(PROPERTY)
                            + ", which is mounted with noexec",
                    REMEDY);
        }
    }
}
