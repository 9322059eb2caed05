package io.github.attention4j.bench.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * This process's memory as the operating system counts it. Linux only; elsewhere nothing is known.
 *
 * <p>How exact: the kernel counts pages for each processor by itself and adds them up in batches, and proc(5) calls the
 * figures inaccurate for that. A batch of Linux 6 is 32 pages, or two for each processor if that is more, so they may
 * be off by 1 MiB on two processors and by tens of MiB on a hundred. A peak may be less than what was seen before it.
 * So differences of many MiB mean something, smaller ones do not; and memory that the JVM gives back meanwhile is in
 * them, too.
 */
public final class Resident {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    /** Documented in proc(5): the peak is set to what is resident now. */
    private static final String RESET_PEAK = "5";

    private Resident() {}

    /** Bytes now, or -1 if that is not known. */
    public static long now() {
        return read(STATUS, "VmRSS:");
    }

    /**
     * The most bytes since {@link #resetPeak}, or since the beginning if that was not possible; -1 if it is not known.
     */
    public static long peak() {
        return read(STATUS, "VmHWM:");
    }

    /** Forgets the peak so far; whether that was possible. */
    public static boolean resetPeak() {
        try {
            Files.writeString(CLEAR, RESET_PEAK);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The most bytes that this work adds at a time to what is resident before, or -1 if that is not known. */
    public static long growth(Runnable work) {
        boolean isReset = resetPeak();
        long before = now();
        work.run();
        return isReset && before >= 0 ? Math.max(0, peak() - before) : -1;
    }

    /** Bytes that a new process could take on this machine, or -1 if that is not known. */
    public static long available() {
        return read(Path.of("/proc/meminfo"), "MemAvailable:");
    }

    private static long read(Path file, String name) {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
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
