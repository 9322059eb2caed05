package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Removes what processes that were killed have left behind: our names, this user's, and more than a day old, so that
 * nobody is at it any more. Folders are listed by their oldest method, which needs no further classes: this is on the
 * way to the first result.
 */
public final class LeftOver {
    private static final long DAY = 24L * 60 * 60 * 1000;
    /**
     * Bytes of a folder's own entry, where the system tells: one with so many names is not worth the time of a start.
     */
    private static final long LARGE_FOLDER = 1 << 18;

    private LeftOver() {}

    /**
     * Removes files, and folders with files only, whose names start like this. What cannot be removed, such as a
     * library in use, stays.
     */
    public static void remove(Path folder, String prefix) {
        if (folder.toFile().length() > LARGE_FOLDER) {
            return;
        }
        for (String name : names(folder)) {
            if (name.startsWith(prefix)) {
                removeOld(folder.resolve(name));
            }
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
            for (String name : names(path)) {
                Files.delete(path.resolve(name));
            }
        }
        Files.delete(path);
    }

    private static String[] names(Path folder) {
        String[] names = folder.toFile().list();
        return names == null ? new String[0] : names;
    }
}
