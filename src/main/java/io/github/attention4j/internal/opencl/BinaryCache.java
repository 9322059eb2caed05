package io.github.attention4j.internal.opencl;

import io.github.attention4j.internal.disk.CacheFolder;
import io.github.attention4j.internal.disk.DiskException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled programs in a folder of this user's alone, one file each, shared by any number of processes: a file is
 * written aside and moved into place, so a reader sees all of it or none. A file holds the whole key it was stored
 * under and a checksum of all that follows; one that does not fit is dropped and built anew. (A cryptographic digest
 * would do the same, but loading the JVM's providers for it costs a fresh process more time than everything else here
 * together.)
 */
final class BinaryCache {
    private static final Logger LOG = LoggerFactory.getLogger(BinaryCache.class);
    private static final long MARK = 0x6174746e346a0001L; // "attn4j", version 1

    private final CacheFolder folder;
    private final AtomicBoolean complained = new AtomicBoolean();

    BinaryCache(Optional<Path> folder) {
        this.folder = new CacheFolder(folder);
    }

    /** The binary kept under this key, if there is one, it is whole, and nobody else can have put it there. */
    Optional<byte[]> load(String key) {
        Optional<Path> place = folder.place();
        if (place.isEmpty()) {
            return Optional.empty();
        }
        Path file = place.get().resolve(name(key));
        try {
            Optional<byte[]> binary = unpack(key, folder.read(file));
            if (binary.isEmpty()) {
                drop(key, "is damaged or was stored for something else");
            }
            return binary;
        } catch (NoSuchFileException e) {
            LOG.debug("no compiled program {} yet", file);
        } catch (IOException e) {
            complain("load", file, e);
        }
        return Optional.empty();
    }

    /** Whether a binary is of any use: whether there is a folder that may be used. */
    boolean keeps() {
        return folder.isUsable();
    }

    /** Keeps a binary. A folder that cannot be written to costs one warning, not the computation. */
    void store(String key, byte[] binary) {
        if (!keeps()) {
            return;
        }
        try {
            folder.write(name(key), pack(key, binary));
        } catch (IOException e) {
            complain("write", file(key), e);
        }
    }

    /** Removes a binary that turned out not to work. */
    void drop(String key, String why) {
        if (!keeps()) {
            return;
        }
        LOG.info("the compiled program {} {}; building it anew", file(key), why);
        try {
            Files.deleteIfExists(file(key));
        } catch (IOException e) {
            complain("delete", file(key), e);
        }
    }

    /** Where a key's binary is, in a folder that is used. */
    Path file(String key) {
        return folder.place().orElseThrow().resolve(name(key));
    }

    /** Two keys that fall on one file take turns, since the file knows whose it is. */
    private static String name(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        CRC32C other = new CRC32C();
        other.update(bytes);
        long name = (long) checksum(bytes) << 32 | other.getValue();
        return Long.toHexString(name) + ".bin";
    }

    private static byte[] pack(String key, byte[] binary) {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(Integer.BYTES + keyBytes.length + binary.length);
        body.putInt(keyBytes.length).put(keyBytes).put(binary);
        ByteBuffer all = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + body.capacity());
        return all.putLong(MARK)
                .putInt(checksum(body.array()))
                .put(body.array())
                .array();
    }

    private static Optional<byte[]> unpack(String key, byte[] all) {
        ByteBuffer in = ByteBuffer.wrap(all);
        if (all.length < Long.BYTES + 2 * Integer.BYTES || in.getLong() != MARK) {
            return Optional.empty();
        }
        int checksum = in.getInt();
        byte[] body = new byte[in.remaining()];
        in.get(body);
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        ByteBuffer expected = ByteBuffer.allocate(Integer.BYTES + keyBytes.length);
        expected.putInt(keyBytes.length).put(keyBytes).flip();
        boolean ours = checksum(body) == checksum
                && body.length > expected.limit()
                && ByteBuffer.wrap(body, 0, expected.limit()).equals(expected);
        if (!ours) {
            return Optional.empty();
        }
        byte[] binary = new byte[body.length - expected.limit()];
        System.arraycopy(body, expected.limit(), binary, 0, binary.length);
        return Optional.of(binary);
    }

    private static int checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private void complain(String verb, Path file, IOException problem) {
        if (complained.compareAndSet(false, true)) {
            LOG.warn(
                    "Cannot {} the compiled program {}: {} It is compiled anew. EngineOptions.withCacheDirectory names another folder.",
                    verb,
                    file,
                    (problem instanceof DiskException ? ((DiskException) problem).why() : problem) + ".");
        }
    }
}
