package io.github.attention4j.internal.opencl;

import io.github.attention4j.internal.Folders;
import io.github.attention4j.internal.Obstacle;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * What PoCL needs besides its library: a folder for what it compiles, from which the system loads libraries, and a
 * linker. Without them it has no device, fails builds without a word, returns what was in memory before, or ends the
 * process, by version and want (tried: 3.1, 6.0, 7.1); so it is asked for nothing before they are seen to be there.
 */
final class PoclNeeds {
    static final String PLATFORM = "Portable Computing Language";
    /** What the compiled kernels of a few calls take. */
    private static final long BYTES = 1 << 20;

    /** What the JVM puts for letters that it cannot read. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final String OTHER_FOLDER =
            "Start the JVM with the environment variable POCL_CACHE_DIR naming a folder ";

    private PoclNeeds() {}

    /**
     * What is missing, or null.
     *
     * @param version the platform's
     */
    static Obstacle obstacle(String version) {
        String path = cacheFolder();
        if (path.isEmpty()) {
            return new Obstacle(
                    "PoCL ends the process if POCL_CACHE_DIR is empty",
                    "Unset that environment variable, or let it name a folder.");
        }
        Obstacle folder = folderObstacle(path);
        if (folder != null
                || !System.getProperty("os.name").equals("Linux")
                || hasLinker(System.getenv("PATH"), !version.contains("debian"))) {
            return folder;
        }
        return new Obstacle(
                "PoCL needs the command ld to link what it compiles, and no folder of PATH has it",
                "Install it (Debian, Ubuntu: apt-get install binutils) or let PATH name its folder.");
    }

    private static Obstacle folderObstacle(String path) {
        if (path.indexOf(REPLACEMENT) >= 0) {
            return null; // letters that this JVM's locale cannot say, so this is another folder; the driver has the
            // right one
        }
        try {
            Path folder = Path.of(path);
            String obstacle = Folders.obstacle(folder, BYTES);
            if (obstacle != null) {
                return new Obstacle(
                        "PoCL keeps what it compiles in " + folder + ", which " + obstacle,
                        OTHER_FOLDER + "of this user's with a few free megabytes, such as POCL_CACHE_DIR="
                                + System.getProperty("java.io.tmpdir") + "/pocl-cache.");
            }
            if (Folders.forbidsPrograms(folder)) {
                return new Obstacle(
                        "PoCL loads what it compiles from " + folder + ", which is mounted with noexec",
                        OTHER_FOLDER + "where libraries may be loaded from.");
            }
            Path open = Folders.openToEverybody(folder);
            if (open != null) {
                return new Obstacle(
                        "PoCL loads what it compiles from " + folder
                                + ", where other users could lay code of theirs, for everybody can write to " + open,
                        "chmod o-w " + open + " takes that right away. Or: " + OTHER_FOLDER
                                + "that only this user can write to.");
            }
            return null;
        } catch (InvalidPathException | SecurityException e) {
            return null; // likewise
        }
    }

    /** Where PoCL puts what it compiles in this process. */
    static String cacheFolder() {
        return cacheFolder(System.getenv("POCL_CACHE_DIR"), System.getenv("XDG_CACHE_HOME"), System.getenv("HOME"));
    }

    /** Where PoCL puts what it compiles: its own rules, of which the first that is set counts, even if empty. */
    static String cacheFolder(String own, String xdg, String home) {
        if (own != null) {
            return own;
        }
        if (xdg != null && !xdg.isEmpty()) {
            return xdg + "/pocl/kcache";
        }
        return home != null ? home + "/.cache/pocl/kcache" : "/tmp/pocl/kcache";
    }

    /** Debian's build calls ld; others may have been built for LLVM's own. */
    private static boolean hasLinker(String path, boolean orLlvms) {
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            if (isProgram(folder, "ld") || orLlvms && isProgram(folder, "ld.lld")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isProgram(String folder, String name) {
        try {
            return Files.isExecutable(Path.of(folder, name));
        } catch (InvalidPathException | SecurityException e) {
            return false;
        }
    }
}
