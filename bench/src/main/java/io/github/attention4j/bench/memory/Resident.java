package io.github.attention4j.bench.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process's memory as the operating system counts it. Linux only; elsewhere nothing is known. */
final class Resident {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    /** Documented in proc(5): the peak is set to what is resident now. */
    private static final String RESET_PEAK = "5";

    private Resident() {}

    /** Bytes now, or -1 if that is not known. */
    static long now() {
        return read("VmRSS:");
    }

    /** The most bytes since {@link #resetPeak}, or since the beginning if that was not possible; -1 if it is not known. */
    static long peak() {
        return read("VmHWM:");
    }

    /** Forgets the peak so far; whether that was possible. */
    static boolean resetPeak() {
        try {
            Files.writeString(CLEAR, RESET_PEAK);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static long read(String name) {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith(name)) {
                    String kib = line.substring(name.length()).replace("kB", "").trim();
                    return Long.parseLong(kib) * 1024;
                }
            }
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
