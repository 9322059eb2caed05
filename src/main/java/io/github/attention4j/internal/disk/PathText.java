package io.github.attention4j.internal.disk;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths from properties and environment variables. What they hold is often not a path: the JVM puts "?" where it knows
 * no home folder, and for every letter that the locale cannot say, so that the text names another place or none. A
 * relative path would lead into the working directory.
 */
final class PathText {
    private static final char REPLACEMENT = '\uFFFD';

    private PathText() {}

    /**
     * The absolute path that a text names.
     *
     * @param source what holds it, for the message: {@code "the system property user.home"}
     * @param text may be null
     * @param remedy what to do if it makes no sense
     */
    static Path absolute(String source, String text, String remedy) throws DiskException {
        if (text == null || text.isEmpty()) {
            throw new DiskException(source + " is empty", remedy);
        }
        try {
            return absolute(source, Path.of(text), remedy);
        } catch (InvalidPathException e) {
            throw new DiskException(source + " is \"" + text + "\", which is no path here" + locale(), remedy, e);
        }
    }

    /** Likewise of a path that exists as one already. */
    static Path absolute(String source, Path path, String remedy) throws DiskException {
        String text = path.toString();
        if (isMangled(text)) {
            throw new DiskException(
                    source + " is \"" + text + "\", with letters that were lost on the way to the JVM" + locale(),
                    remedy);
        }
        if (!path.isAbsolute()) {
            throw new DiskException(
                    source + " is \"" + text + "\", which is not absolute and would lead into the working directory",
                    remedy);
        }
        if (path.getNameCount() == 0) {
            throw new DiskException(source + " is \"" + text + "\", the root of all folders", remedy);
        }
        return path;
    }

    private static boolean isMangled(String text) {
        return text.indexOf(REPLACEMENT) >= 0 || text.indexOf('?') >= 0 && !isUnicode();
    }

    private static String encoding() {
        return System.getProperty("sun.jnu.encoding", "");
    }

    private static boolean isUnicode() {
        return encoding().equals(StandardCharsets.UTF_8.name());
    }

    /** Said only where it can be the reason. */
    private static String locale() {
        return isUnicode() || encoding().isEmpty()
                ? ""
                : " (file names are " + encoding() + " in this locale; LC_ALL=C.UTF-8 knows all letters)";
    }
}
