package io.github.attention4j.internal.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where Linux finds shared libraries by name. Asked before a library is loaded, for loading tells less: JOCL's native
 * code writes what it does not find on the program's standard output.
 */
final class SystemLibraries {
    private static final Path CACHE = Path.of("/etc/ld.so.cache");

    private SystemLibraries() {}

    /** The path of a library, given by name or as a path, or null if it is not in any place known here. */
    static Path find(String library) {
        try {
            if (library.startsWith("/")) {
                Path path = Path.of(library);
                return Files.exists(path) ? path : null;
            }
            for (String folder : folders()) {
                Path path = Path.of(folder, library);
                if (Files.exists(path)) {
                    return path;
                }
            }
            return inCache(library);
        } catch (InvalidPathException | SecurityException e) {
            return null;
        }
    }

    /**
     * Whether loading these names is sure to fail. Not sure is: another system, a C library that has other places, a
     * library that the process has already, or one beside the JVM, whose launcher may name places of its own.
     */
    static boolean isSurelyMissing(List<String> names) {
        if (!System.getProperty("os.name").equals("Linux") || !Files.isReadable(CACHE)) {
            return false;
        }
        for (String name : names) {
            if (find(name) != null) {
                return false;
            }
        }
        String loaded = loaded();
        for (String name : names) {
            if (loaded.contains(name)) {
                return false;
            }
        }
        return true;
    }

    /** What the process has mapped, or nothing where the system does not tell. */
    static String loaded() {
        try {
            return Files.readString(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1);
        } catch (IOException | SecurityException e) {
            return "";
        }
    }

    private static List<String> folders() {
        List<String> folders = new ArrayList<>();
        addAll(folders, System.getenv("LD_LIBRARY_PATH"));
        addAll(folders, System.getProperty("java.library.path"));
        folders.add(System.getProperty("java.home") + "/lib");
        String conda = System.getenv("CONDA_PREFIX");
        if (conda != null && !conda.isEmpty()) {
            folders.add(conda + "/lib");
        }
        String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        for (String folder :
                new String[] {"/lib/" + machine + "-linux-gnu", "/lib64", "/lib", "/run/opengl-driver/lib"}) {
            folders.add(folder);
            folders.add("/usr" + folder);
        }
        return folders;
    }

    private static void addAll(List<String> folders, String path) {
        if (path == null) {
            return;
        }
        int begin = 0;
        while (begin <= path.length()) {
            int end = path.indexOf(':', begin);
            end = end < 0 ? path.length() : end;
            if (end > begin) {
                folders.add(path.substring(begin, end));
            }
            begin = end + 1;
        }
    }

    /** The linker's own list: names and paths, each with a zero at its end. */
    private static Path inCache(String library) {
        String cache;
        try {
            cache = Files.readString(CACHE, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
        String end = "/" + library + "\0";
        for (int at = cache.indexOf(end); at >= 0; at = cache.indexOf(end, at + 1)) {
            int begin = cache.lastIndexOf('\0', at) + 1;
            Path path = Path.of(cache.substring(begin, at + end.length() - 1));
            if (Files.exists(path)) {
                return path;
            }
        }
        return null;
    }
}
