package io.github.attention4j.internal.opencl;

import io.github.attention4j.internal.Obstacle;

/**
 * What a failure to load JOCL means. JOCL puts whole stack traces into one message, of several attempts, so the words
 * of the system are looked for in all of it.
 */
final class LinkFailures {

    private LinkFailures() {}

    /** The cause and the remedy. */
    static Obstacle obstacle(Throwable failure) {
        String text = texts(failure);
        String first = firstLine(failure);
        if (text.contains("Could not initialize class org.jocl")) {
            return new Obstacle(
                    "JOCL, the OpenCL binding, failed to start earlier in this JVM, and what it met then is lost",
                    "Look for the first error in this JVM's output, or ask in a new JVM: AttentionEngine.diagnose().",
                    failure);
        }
        if (failure instanceof NoClassDefFoundError) {
            return new Obstacle(
                    "JOCL, the OpenCL binding, is not on the class path or lacks a part (" + first + ")",
                    "Add org.jocl:jocl:2.0.6 to the class path or module path.",
                    failure);
        }
        if (failure instanceof IncompatibleClassChangeError) {
            return new Obstacle(
                    "another version of JOCL, the OpenCL binding, is on the class path than this library was made for ("
                            + first + ")",
                    "Use org.jocl:jocl:2.0.6.",
                    failure);
        }
        if (text.contains("Implementation library could not be loaded")) {
            Obstacle missing = IcdLoader.missing();
            return new Obstacle(missing.cause(), missing.remedy(), failure);
        }
        return ofNativeLibrary(text, first, failure);
    }

    private static Obstacle ofNativeLibrary(String text, String first, Throwable failure) {
        String library = "JOCL's native library ";
        String folder = "the temporary folder " + System.getProperty("java.io.tmpdir");
        if (text.contains("IllegalCallerException") || text.contains("Illegal native access")) {
            return new Obstacle(
                    "this JVM forbids native code, which OpenCL is reached by (IllegalCallerException: Illegal native access)",
                    "Start it with --enable-native-access=" + (isModule() ? "jocl" : "ALL-UNNAMED") + ".",
                    failure);
        }
        if (text.contains("No space left on device") || text.contains("Disk quota exceeded")) {
            return new Obstacle(
                    library + "cannot be unpacked: " + folder + " is full",
                    "Make room there. Or: " + elsewhere("with a few free megabytes"),
                    failure);
        }
        if (text.contains("failed to map segment") || text.contains("Operation not permitted")) {
            return new Obstacle(
                    library + "may not be loaded from " + folder + ", which is mounted with noexec",
                    elsewhere("where libraries may be loaded from"),
                    failure);
        }
        if (text.contains("Read-only file system")
                || text.contains("Permission denied")
                || text.contains("AccessDeniedException")
                || text.contains("Could not create directory")
                || text.contains("FileNotFoundException")) {
            return new Obstacle(
                    library + "cannot be unpacked into or read from " + folder,
                    elsewhere("that this user can write to"),
                    failure);
        }
        if (text.contains("file too short") || text.contains("invalid ELF header")) {
            return new Obstacle(
                    library + "is damaged in " + folder,
                    "Delete the files there whose names begin with libJOCL.",
                    failure);
        }
        if (text.contains("No resource found")) {
            return new Obstacle(
                    "JOCL has no native library for " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch"),
                    "It has for Linux, Windows and macOS on x86-64, and for Linux and macOS on 64-bit Arm; the Java engine runs everywhere.",
                    failure);
        }
        String dependency = between(text, ": ", ": cannot open shared object file");
        if (dependency != null) {
            return new Obstacle(
                    library + "needs " + dependency + ", which this machine has not",
                    "Install it (Debian, Ubuntu: apt-get install libstdc++6; on systems without the GNU C library JOCL does not run).",
                    failure);
        }
        return new Obstacle(
                library + "cannot be loaded (" + first + ")",
                "The log of io.github.attention4j at debug level has all of it; AttentionEngine.diagnose() has more of this machine.",
                failure);
    }

    private static String elsewhere(String what) {
        return "Start the JVM with -Djava.io.tmpdir=<folder> naming a folder of this user's " + what + ".";
    }

    /** Whether this library, and so JOCL, is on the module path. */
    static boolean isModule() {
        return LinkFailures.class.getModule().isNamed();
    }

    private static String texts(Throwable failure) {
        StringBuilder text = new StringBuilder();
        Throwable each = failure;
        for (int depth = 0; each != null && depth < 10; depth++) {
            text.append(each).append('\n');
            each = each.getCause();
        }
        return text.toString();
    }

    private static String firstLine(Throwable failure) {
        Throwable deepest = failure;
        for (int depth = 0; deepest.getCause() != null && depth < 10; depth++) {
            deepest = deepest.getCause();
        }
        String text = deepest.toString();
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end).strip();
    }

    /** What stands before {@code end}, back to the last {@code begin}, or null. */
    private static String between(String text, String begin, String end) {
        int to = text.indexOf(end);
        int from = to < 0 ? -1 : text.lastIndexOf(begin, to - 1);
        return from < 0 ? null : text.substring(from + begin.length(), to);
    }
}
