package io.github.attention4j.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What can be done in a folder, asked without writing to it. */
public final class Folders {
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
        try {
            if (Files.getFileStore(there).getUsableSpace() < bytes) {
                return "is full" + which;
            }
        } catch (IOException | SecurityException e) {
            return null; // a system that does not tell; writing will
        }
        return null;
    }

    /** Whether the system refuses to run or load what lies in this folder (Linux: mounted with noexec); false where it does not tell. */
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
        for (String line : mounts.split("\n")) {
            String[] words = line.split(" ");
            if (words.length < 4) {
                continue;
            }
            String folder = words[1].replace("\\040", " ").replace("\\134", "\\");
            boolean holds = path.equals(folder) || path.startsWith(folder.endsWith("/") ? folder : folder + "/");
            if (holds && folder.length() >= longest.length()) {
                longest = folder;
                noexec = ("," + words[3] + ",").contains(",noexec,");
            }
        }
        return noexec;
    }
}
