package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Removes what processes that were killed have left behind: our names, this user's, and more than a day old, so that nobody is at it any more. */
public final class LeftOver {
    private static final long DAY = 24L * 60 * 60 * 1000;
    /** A folder that is full of other things is not worth the time of a start. */
    private static final int MOST_LOOKED_AT = 1000;

    private LeftOver() {}

    /** Removes files, and folders with files only, whose names start like this. What cannot be removed, such as a library in use, stays. */
    public static void remove(Path folder, String prefix) {
        int looked = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (entry.getFileName().toString().startsWith(prefix)) {
                    removeOld(entry);
                }
                if (++looked == MOST_LOOKED_AT) {
                    return;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return; // only tidiness is lost
        }
    }

    private static void removeOld(Path entry) {
        try {
            Ownership.check(entry, "");
            long written =
                    Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS).toMillis();
            if (written < System.currentTimeMillis() - DAY) {
                removeAll(entry);
            }
        } catch (IOException e) {
            return; // not ours, in use, or gone already
        }
    }

    /** Removes a file, or a folder of this user's alone and the files in it. */
    public static void removeAll(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
        Files.delete(path);
    }
}
