package io.github.attention4j.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    private static final String MOUNTS = """
            /dev/root / ext4 rw,relatime 0 0
            tmpfs /tmp tmpfs rw,noexec,nosuid 0 0
            tmpfs /tmp/open tmpfs rw 0 0
            tmpfs /a\\040b tmpfs rw,noexec 0 0
            tmpfs /twice tmpfs rw,noexec 0 0
            tmpfs /twice tmpfs rw 0 0
            """;

    @TempDir
    private Path folder;

    @Test
    void theInnermostAndLastMountCounts() {
        assertFalse(Folders.isMountedNoexec("/home/user", MOUNTS));
        assertTrue(Folders.isMountedNoexec("/tmp", MOUNTS));
        assertTrue(Folders.isMountedNoexec("/tmp/x/y", MOUNTS));
        assertFalse(Folders.isMountedNoexec("/tmpx", MOUNTS));
        assertFalse(Folders.isMountedNoexec("/tmp/open/x", MOUNTS));
        assertTrue(Folders.isMountedNoexec("/a b/c", MOUNTS));
        assertFalse(Folders.isMountedNoexec("/twice/c", MOUNTS));
    }

    @Test
    void aFolderThatIsThereOrCanBeMadeIsFine() {
        assertNull(Folders.obstacle(folder, 1));
        assertNull(Folders.obstacle(folder.resolve("a").resolve("b"), 1));
    }

    @Test
    void aFileInTheWayIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertEquals("is no folder", Folders.obstacle(file, 1));
        assertEquals("is no folder (because of " + file + ")", Folders.obstacle(file.resolve("a"), 1));
    }

    @Test
    void whatIsNotFreeIsFull() {
        assertEquals("is full", Folders.obstacle(folder, Long.MAX_VALUE));
    }
}
