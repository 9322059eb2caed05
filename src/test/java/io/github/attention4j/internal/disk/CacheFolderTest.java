package io.github.attention4j.internal.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which folders compiled programs are kept in and loaded from: this user's alone, with all that leads there. */
class CacheFolderTest {
    private static final byte[] BYTES = {1, 2, 3};
    private static final int SOMEBODY = 12345;

    @TempDir
    Path temporary;

    @BeforeEach
    void onlyWhereThereAreModeBits() {
        assumeTrue(temporary.getFileSystem().supportedFileAttributeViews().contains("unix"));
    }

    private static CacheFolder cache(Path folder) {
        return new CacheFolder(Optional.of(folder));
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static void setMode(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode);
    }

    private void giveTo(int user, Path path) {
        try {
            Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            assumeTrue(false, "only the super-user gives files away");
        }
    }

    /** Nothing is read or written, and the reason holds this. */
    private static void assertRefused(Path folder, String reason) {
        CacheFolder cache = cache(folder);
        assertFalse(cache.isUsable());
        assertEquals(Optional.empty(), cache.place());
        assertTrue(
                cache.problem().orElseThrow().contains(reason), cache.problem().orElseThrow());
        IOException thrown = assertThrows(DiskException.class, () -> cache.write("name", BYTES));
        assertTrue(thrown.getMessage().contains(reason), thrown.getMessage());
    }

    private static void assertUsed(Path folder) throws IOException {
        CacheFolder cache = cache(folder);
        assertEquals(Optional.empty(), cache.problem());
        cache.write("name", BYTES);
        assertArrayEquals(BYTES, cache.read(cache.place().orElseThrow().resolve("name")));
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("name")));
    }

    @Test
    void whatIsMissingIsMadeForThisUserAlone() throws IOException {
        Path folder = temporary.resolve("a").resolve("b");
        assertUsed(folder);
        for (Path each : List.of(folder, folder.getParent())) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
        }
        Path file = folder.resolve("name");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void aFolderThatOthersCanReadOnlyIsUsed() throws IOException {
        allow(temporary, "rwxr-xr-x");
        assertUsed(temporary);
    }

    @Test
    void aFolderThatTheGroupOrAllCanWriteToIsNot() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("cache"));
        for (String permissions : List.of("rwxrwx---", "rwx----w-", "rwxrwxrwx")) {
            allow(folder, permissions);
            assertRefused(folder, "others can write to " + folder + " (mode ");
        }
        setMode(folder, 01777);
        assertRefused(folder, "(mode 1777). chmod go-w " + folder + " takes that right away. ");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void aFolderThatOthersCanReplaceIsNot() throws IOException {
        Path above = Files.createDirectory(temporary.resolve("above"));
        Path folder = Files.createDirectory(above.resolve("cache"));
        allow(above, "rwxrwxr-x");
        assertRefused(folder, "others can replace what is in " + above + " (mode 775, without the sticky bit)");
        assertRefused(above.resolve("not there yet"), "others can replace what is in " + above);
        setMode(above, 01777);
        assertUsed(folder);
        assertUsed(above.resolve("not there yet"));
    }

    @Test
    void aFolderOfSomebodyElseIsNot() throws IOException {
        Path above = Files.createDirectory(temporary.resolve("above"));
        Path folder = Files.createDirectory(above.resolve("cache"));
        giveTo(SOMEBODY, folder);
        assertRefused(folder, folder + " belongs to another user (uid 12345, not ");
        giveTo(0, folder);
        giveTo(SOMEBODY, above);
        assertRefused(folder, above + " belongs to another user (uid 12345, not ");
    }

    @Test
    void linksOfThisUserAreFollowedAndThoseOfOthersNot() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("cache"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
        assertUsed(link);
        assertEquals(folder, cache(link).place().orElseThrow(), "and what a link is changed to later is not met");
        Path open = Files.createDirectory(temporary.resolve("open"));
        allow(open, "rwxrwxrwx");
        assertRefused(Files.createSymbolicLink(temporary.resolve("to open"), open), "others can write to " + open);
        assertRefused(Files.createSymbolicLink(temporary.resolve("nowhere"), temporary.resolve("x")), "leads nowhere");
        Path circle = temporary.resolve("circle");
        Files.createSymbolicLink(circle, circle);
        assertFalse(cache(circle).isUsable());
        giveTo(SOMEBODY, link);
        assertRefused(link, link + " belongs to another user (uid 12345, not ");
    }

    @Test
    void pathsThatMakeNoSenseAreNotUsed() throws IOException {
        assertRefused(Path.of(""), "which is not absolute");
        assertRefused(Path.of("somewhere", "relative"), "would lead into the working directory");
        assertFalse(Files.exists(Path.of("somewhere")));
        assertRefused(temporary.getRoot(), "the root of all folders");
        Path file = Files.writeString(temporary.resolve("a file"), "in the way");
        assertRefused(file, file + " is in the way, which is no folder");
        assertRefused(file.resolve("below"), file + " is in the way, which is no folder");
        assertEquals("in the way", Files.readString(file));
    }

    @Test
    void aFileThatOthersCouldHaveWrittenIsNotRead() throws IOException {
        CacheFolder cache = cache(temporary);
        cache.write("name", BYTES);
        Path file = temporary.resolve("name");
        allow(file, "rw-rw----");
        assertTrue(
                assertThrows(DiskException.class, () -> cache.read(file)).why().contains("(mode 660)"));
        allow(file, "rw-r--r--");
        assertArrayEquals(BYTES, cache.read(file));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), file);
        assertThrows(DiskException.class, () -> cache.read(link));
        assertThrows(DiskException.class, () -> cache.read(temporary), "a folder");
        giveTo(SOMEBODY, file);
        assertTrue(
                assertThrows(DiskException.class, () -> cache.read(file)).why().contains("another user"));
        cache.write("name", BYTES);
        assertArrayEquals(BYTES, cache.read(file), "replaced");
    }

    @Test
    void whatKilledProcessesHaveLeftHalfWrittenIsRemoved() throws IOException {
        Path old = Files.write(temporary.resolve("attention4j-1.part"), BYTES);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        Path young = Files.write(temporary.resolve("attention4j-2.part"), BYTES);
        Path others = Files.write(temporary.resolve("name of the user's own"), BYTES);
        Files.setLastModifiedTime(others, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        allow(temporary, "rwx------");
        cache(temporary).write("name", BYTES);
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young) && Files.exists(others));
    }
}
