package io.github.attention4j.transformer.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;

/** What is on the class path. */
public final class Resources {
    private Resources() {}

    /** All of it, in one array from the start: a model is too large to be in memory twice. */
    public static byte[] read(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        try (InputStream stream = connection.getInputStream()) {
            int length = connection.getContentLength();
            if (length < 0) {
                return stream.readAllBytes();
            }
            byte[] all = new byte[length];
            if (stream.readNBytes(all, 0, length) < length) {
                throw new IOException(url + " ends before it should");
            }
            return all;
        }
    }
}
