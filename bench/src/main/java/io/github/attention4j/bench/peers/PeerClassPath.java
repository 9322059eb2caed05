package io.github.attention4j.bench.peers;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The class path of a contender's process. Three libraries load their native code with JavaCPP, each with the version that it was made
 * with; one class path cannot hold them all, so the build puts what two of them want into folders of their own.
 */
final class PeerClassPath {
    /** What comes from the own folder of a library, if it has one. */
    private static final List<String> SHARED = List.of("javacpp-", "openblas-");

    private PeerClassPath() {}

    /**
     * The class path of this JVM, for a library.
     *
     * @param ownLibraries the name of the library's own folder, or empty
     */
    static String of(String ownLibraries) {
        String all = System.getProperty("java.class.path");
        if (ownLibraries.isEmpty()) {
            return all;
        }
        Path folder = Path.of(System.getProperty("bench.own", "target/peers/own"), ownLibraries);
        return of(List.of(all.split(File.pathSeparator)), jars(folder));
    }

    /** The class path with the library's own jars instead of all others of the same kind. */
    static String of(List<String> all, List<String> own) {
        List<String> entries = new ArrayList<>(own);
        for (String entry : all) {
            String file = entry.substring(entry.lastIndexOf(File.separatorChar) + 1);
            if (SHARED.stream().noneMatch(file::startsWith)) {
                entries.add(entry);
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static List<String> jars(Path folder) {
        File[] files = folder.toFile().listFiles((parent, name) -> name.endsWith(".jar"));
        List<String> jars = new ArrayList<>();
        if (files != null) { // a library whose folder is missing says itself what it lacks
            for (File file : files) {
                jars.add(file.getAbsolutePath());
            }
        }
        jars.sort(null);
        return jars;
    }
}
