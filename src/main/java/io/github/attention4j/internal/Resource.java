package io.github.attention4j.internal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;

/**
 * What lies beside a class in its jar. Class loaders that can be closed share open jars behind the JDK's back: closing
 * one, as a server does when it loads a program anew, breaks what another is reading. So theirs are opened anew, and
 * only those of the JVM's own class loader are shared.
 */
public final class Resource {
    private Resource() {}

    /**
     * All bytes of it.
     *
     * @param owner the class in whose jar it is, and to whose package the name belongs unless it starts with a slash
     * @throws FileNotFoundException if there is none
     */
    public static byte[] bytes(Class<?> owner, String name) throws IOException {
        URL place = owner.getResource(name);
        if (place == null) {
            throw new FileNotFoundException(name);
        }
        URLConnection connection = place.openConnection();
        if (owner.getClassLoader() != ClassLoader.getSystemClassLoader()) {
            connection.setUseCaches(false);
        }
        try (InputStream in = connection.getInputStream()) {
            return in.readAllBytes();
        }
    }
}
