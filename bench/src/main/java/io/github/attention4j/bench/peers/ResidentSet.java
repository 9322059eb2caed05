package io.github.attention4j.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory of this process is in use, as Linux counts it. */
public final class ResidentSet {
    private static final long KIB = 1024;

    private ResidentSet() {}

    /** Bytes now, or -1 where that is not known. */
    public static long now() {
        return bytes(Path.of("/proc/self/status"), "VmRSS:");
    }

    /** The most bytes since {@link #resetPeak}, or -1 where that is not known. */
    static long peak() {
        return bytes(Path.of("/proc/self/status"), "VmHWM:");
    }

    /** Bytes that a new process could take on this machine, or -1 where that is not known. */
    static long available() {
        return bytes(Path.of("/proc/meminfo"), "MemAvailable:");
    }

    /** Starts the peak anew; false where that is not possible. */
    static boolean resetPeak() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static long bytes(Path file, String name) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(name)) {
                    return KIB
                            * Long.parseLong(line.substring(name.length())
                                    .replace("kB", "")
                                    .trim());
                }
            }
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
