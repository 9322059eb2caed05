package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files that are there whole or not at all, for this user alone. The JDK's temporary files would do, but their names
 * come from a cryptographic generator, which costs a fresh JVM more time than the files, and from a folder that the JDK
 * looks up for itself. Creating fails if a name is taken, by whatever, so names need not be secret.
 */
public final class WholeFile {
    /** What the names of files start with that are not in place yet. */
    static final String ASIDE_PREFIX = "attention4j-";

    private static final int TRIES = 100;

    private WholeFile() {}

    /** Writes aside and moves into place: readers see the old file or the new one. The folder must be there. */
    public static void replace(Path file, byte[] bytes) throws IOException {
        Path aside = create(file.getParent(), ASIDE_PREFIX, ".part", bytes);
        try {
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /** A new file with these contents under a name of its own. */
    static Path create(Path folder, String prefix, String ending, byte[] bytes) throws IOException {
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        for (int i = 0; ; i++) {
            Path file = folder.resolve(prefix + unique(i) + ending);
            SeekableByteChannel channel;
            try {
                channel = Files.newByteChannel(file, options, ownOnly(folder, false));
            } catch (FileAlreadyExistsException e) {
                if (i == TRIES) {
                    throw e;
                }
                continue;
            }
            try (channel) {
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                return file;
            } catch (IOException e) {
                Files.deleteIfExists(file); // a disk that is full, say
                throw e;
            }
        }
    }

    static Path createFolder(Path parent, String prefix) throws IOException {
        for (int i = 0; ; i++) {
            try {
                return Files.createDirectory(parent.resolve(prefix + unique(i)), ownOnly(parent, true));
            } catch (FileAlreadyExistsException e) {
                if (i == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Makes a folder and all that is missing above it, for this user alone. */
    static void createFolders(Path folder) throws IOException {
        Files.createDirectories(folder, ownOnly(folder, true));
    }

    private static String unique(int attempt) {
        return Long.toHexString(System.nanoTime() + attempt);
    }

    private static FileAttribute<?>[] ownOnly(Path where, boolean enter) {
        if (!where.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> owner = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        if (enter) {
            owner.add(PosixFilePermission.OWNER_EXECUTE);
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(owner)};
    }
}
