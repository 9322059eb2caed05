package io.github.attention4j.internal.opencl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled programs in a folder, one file each, shared by any number of processes: a file is written aside and moved into place, so a reader
 * sees all of it or none. A file starts with a mark and the digest of its content; one that does not fit is dropped and built anew.
 */
final class BinaryCache {
    private static final Logger LOG = LoggerFactory.getLogger(BinaryCache.class);
    private static final byte[] MARK = "attention4j 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;

    private final Optional<Path> folder;
    private final AtomicBoolean complained = new AtomicBoolean();

    BinaryCache(Optional<Path> folder) {
        this.folder = folder;
    }

    /** The key of whatever these parts determine together. */
    static String key(String... parts) {
        MessageDigest digest = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(4).putInt(bytes.length).flip()); // so that no two lists run into one another
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The binary kept under this key, if there is one and it is whole. */
    Optional<byte[]> load(String key) {
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        Path file = file(key);
        try {
            byte[] all = Files.readAllBytes(file);
            int start = MARK.length + DIGEST_BYTES;
            boolean whole = all.length > start && Arrays.equals(all, 0, MARK.length, MARK, 0, MARK.length);
            if (whole) {
                byte[] binary = Arrays.copyOfRange(all, start, all.length);
                if (Arrays.equals(sha256().digest(binary), Arrays.copyOfRange(all, MARK.length, start))) {
                    return Optional.of(binary);
                }
            }
            drop(key, "is damaged");
        } catch (NoSuchFileException e) {
            LOG.debug("no compiled program {} yet", file);
        } catch (IOException e) {
            complain("read", file, e);
        }
        return Optional.empty();
    }

    /** Keeps a binary. A folder that cannot be written to costs one warning, not the computation. */
    void store(String key, byte[] binary) {
        if (folder.isEmpty()) {
            return;
        }
        Path file = file(key);
        try {
            Files.createDirectories(folder.get());
            Path aside = Files.createTempFile(folder.get(), key.substring(0, 8), ".part");
            try {
                byte[] digest = sha256().digest(binary);
                ByteBuffer all = ByteBuffer.allocate(MARK.length + digest.length + binary.length);
                Files.write(aside, all.put(MARK).put(digest).put(binary).array());
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            complain("write", file, e);
        }
    }

    /** Removes a binary that turned out not to work. */
    void drop(String key, String why) {
        folder.ifPresent(path -> {
            LOG.info("the compiled program {} {}; building it anew", file(key), why);
            try {
                Files.deleteIfExists(file(key));
            } catch (IOException e) {
                complain("delete", file(key), e);
            }
        });
    }

    private Path file(String key) {
        return folder.orElseThrow().resolve(key + ".bin");
    }

    private void complain(String verb, Path file, IOException problem) {
        if (complained.compareAndSet(false, true)) {
            LOG.warn(
                    "Cannot {} the compiled program {} ({}); programs are compiled anew in every process."
                            + " EngineOptions.withCacheDirectory names another folder.",
                    verb,
                    file,
                    problem.toString());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
