package io.github.attention4j.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What can be done in a folder, asked without writing to it. */
public final class Folders {
    private static final int EVERYBODY_WRITES = 02;
    private static final int STICKY = 01000;

    private Folders() {}

    /**
     * Why this folder, which may not exist yet, cannot take files, or null if it can.
     *
     * @param bytes what must be free
     */
    public static String obstacle(Path folder, long bytes) {
        Path there = folder.toAbsolutePath().normalize();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there == null) {
            return "does not exist";
        }
        String which = there.equals(folder.toAbsolutePath().normalize()) ? "" : " (because of " + there + ")";
        if (!Files.isDirectory(there)) {
            return "is no folder" + which;
        }
        if (!Files.isWritable(there) || !Files.isExecutable(there)) {
            return "cannot be written to by this user" + which;
        }
        // By File: the other way reads the system's whole list of mounts, which a fresh JVM takes milliseconds for.
        long free = there.toFile().getUsableSpace();
        return free < bytes && (free > 0 || isFull(there)) ? "is full" + which : null;
    }

    /** {@code File} says 0 where it does not know, too. */
    private static boolean isFull(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace() == 0;
        } catch (IOException | SecurityException e) {
            return false; // a system that does not tell; writing will
        }
    }

    /**
     * What of this folder, or of the way to it, everybody can write to, so that another user could lay files there for
     * this one to run; or null. A folder on the way may keep users apart, as /tmp does. Where the system has no such
     * rights, null.
     */
    public static Path openToEverybody(Path folder) {
        Path last = folder.toAbsolutePath().normalize();
        for (Path at = last; at != null; at = at.getParent()) {
            try {
                int mode = (Integer) Files.getAttribute(at, "unix:mode");
                if ((mode & EVERYBODY_WRITES) != 0 && (at == last || (mode & STICKY) == 0)) {
                    return at;
                }
            } catch (NoSuchFileException e) {
                continue; // still to be made
            } catch (IOException | IllegalArgumentException | UnsupportedOperationException | SecurityException e) {
                return null;
            }
        }
        return null;
    }

    /**
     * Whether the system refuses to run or load what lies in this folder (Linux: mounted with noexec); false where it
     * does not tell.
     */
    public static boolean forbidsPrograms(Path folder) {
        Path there = folder.toAbsolutePath().normalize();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return there != null && isMountedNoexec(there.toRealPath().toString(), mounts());
        } catch (IOException | SecurityException e) {
            return false;
        }
    }

    private static String mounts() throws IOException {
        return Files.readString(Path.of("/proc/self/mounts"), StandardCharsets.UTF_8);
    }

    /** Of the lines "device folder type options 0 0", the last one of the longest folder that holds the path counts. */
    static boolean isMountedNoexec(String path, String mounts) {
        String longest = "";
        boolean noexec = false;
        for (int begin = 0; begin < mounts.length(); begin = mounts.indexOf('\n', begin) + 1) {
            int first = mounts.indexOf(' ', begin) + 1;
            int second = mounts.indexOf(' ', first) + 1;
            int third = mounts.indexOf(' ', second) + 1;
            String folder = mounts.substring(first, second - 1);
            if (folder.indexOf('\\') >= 0) {
                folder = folder.replace("\\040", " ").replace("\\134", "\\");
            }
            boolean holds = path.equals(folder) || path.startsWith(folder.endsWith("/") ? folder : folder + "/");
            if (holds && folder.length() >= longest.length()) {
                longest = folder;
                String options = "," + mounts.substring(third, mounts.indexOf(' ', third)) + ",";
                noexec = options.contains(",noexec,");
            }
        }
        return noexec;
    }
}
