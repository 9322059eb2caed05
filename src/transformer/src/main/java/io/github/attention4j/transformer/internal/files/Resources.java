package io.github.attention4j.transformer.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;

/** What is on the class path. */
public final class Resources {
    private static final int PIECE = 1 << 16;

    private Resources() {}

    /** All of it, beside Java's objects, so that their memory need not grow by a model's size. */
    public static ByteBuffer readDirect(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        try (InputStream stream = connection.getInputStream()) {
            int length = connection.getContentLength();
            if (length < 0) {
                return ByteBuffer.wrap(stream.readAllBytes());
            }
            ByteBuffer all = ByteBuffer.allocateDirect(length);
            byte[] piece = new byte[PIECE];
            while (all.hasRemaining()) {
                int count = stream.read(piece, 0, Math.min(piece.length, all.remaining()));
                if (count < 0) {
                    throw new IOException(url + " ends before it should");
                }
                all.put(piece, 0, count);
            }
            return all.flip();
        }
    }

    /** All of it. */
    public static byte[] read(URL url) throws IOException {
        try (InputStream stream = url.openStream()) {
            return stream.readAllBytes();
        }
    }
}
