package io.github.attention4j.internal.disk;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where a user who says nothing has compiled programs kept. */
final class DefaultCache {
    /** Names another folder, or none if empty. */
    static final String PROPERTY = "attention4j.cache";

    /** What the JVM says of a user whom the system does not know, as in many containers. */
    private static final String UNKNOWN = "?";

    private static final String NAME = "attention4j";
    private static final String REMEDY =
            "-D" + PROPERTY + "=<folder> names one, by its absolute path, or with nothing behind the sign none.";

    private DefaultCache() {}

    /** Empty if the user wants none. */
    static Optional<Path> folder() throws DiskException {
        String property = System.getProperty(PROPERTY);
        if (property != null) {
            return property.isEmpty()
                    ? Optional.empty()
                    : Optional.of(PathText.absolute("the system property " + PROPERTY, property, REMEDY));
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        if (xdg != null && !xdg.isEmpty()) {
            return Optional.of(PathText.absolute("XDG_CACHE_HOME", xdg, REMEDY).resolve(NAME));
        }
        String windows = System.getenv("LOCALAPPDATA");
        if (File.separatorChar == '\\' && windows != null && !windows.isEmpty()) {
            return Optional.of(
                    PathText.absolute("LOCALAPPDATA", windows, REMEDY).resolve(NAME));
        }
        String text = System.getProperty("user.home");
        if (UNKNOWN.equals(text)) {
            throw new DiskException("the home folder (user.home) of this user is not known", REMEDY);
        }
        Path home = PathText.absolute("the home folder (user.home)", text, REMEDY);
        if (!Files.isDirectory(home)) {
            throw new DiskException("the home folder (user.home) " + home + " does not exist, or is no folder", REMEDY);
        }
        return Optional.of(home.resolve(".cache").resolve(NAME));
    }
}
