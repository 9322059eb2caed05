package io.github.attention4j.internal;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code java -jar} takes one jar and no class path, so what this library depends on is looked for beside it: in its
 * folder, or in the local Maven repository that it lies in.
 */
public final class DependencyJars {
    private static final String[] GROUPS_AND_NAMES = {"org/jocl", "jocl", "org/slf4j", "slf4j-api"};

    private DependencyJars() {}

    /**
     * A loader of this class's jar and those jars, or null unless the JVM was started with this jar alone and there are
     * some.
     */
    public static ClassLoader loader() {
        try {
            CodeSource source = DependencyJars.class.getProtectionDomain().getCodeSource();
            if (source == null || DependencyJars.class.getModule().isNamed()) {
                return null;
            }
            Path own = Path.of(source.getLocation().toURI()).toRealPath();
            if (!Files.isRegularFile(own) || !isAlone(own)) {
                return null;
            }
            List<URL> jars = new ArrayList<>();
            for (int i = 0; i < GROUPS_AND_NAMES.length; i += 2) {
                add(jars, own.getParent(), GROUPS_AND_NAMES[i], GROUPS_AND_NAMES[i + 1]);
            }
            if (jars.isEmpty()) {
                return null;
            }
            jars.add(source.getLocation());
            return new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        } catch (IOException | URISyntaxException | RuntimeException e) {
            return null; // then the diagnosis says what is not there
        }
    }

    private static boolean isAlone(Path own) throws IOException {
        Path path = Path.of(System.getProperty("java.class.path"));
        return Files.exists(path) && path.toRealPath().equals(own);
    }

    private static void add(List<URL> jars, Path folder, String group, String name) throws MalformedURLException {
        Path jar = newest(folder, name + "-*.jar");
        if (jar == null && folder.getNameCount() > 5) { // <repository>/io/github/attention4j/attention4j/<version>
            Path versions =
                    folder.resolve("../../../../..").normalize().resolve(group).resolve(name);
            Path version = newest(versions, "2.*");
            jar = version == null ? null : newest(version, name + "-*.jar");
        }
        if (jar != null) {
            jars.add(jar.toUri().toURL());
        }
    }

    private static Path newest(Path folder, String names) {
        Path newest = null;
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, names)) {
            for (Path each : found) {
                String name = each.getFileName().toString();
                boolean isLibrary = !name.endsWith("-sources.jar") && !name.endsWith("-javadoc.jar");
                if (isLibrary
                        && (newest == null || isNewer(name, newest.getFileName().toString()))) {
                    newest = each;
                }
            }
        } catch (IOException e) {
            return null;
        }
        return newest;
    }

    /** Versions of equally many digits are in the order of the alphabet, longer ones are newer. */
    private static boolean isNewer(String name, String than) {
        return name.length() != than.length() ? name.length() > than.length() : name.compareTo(than) > 0;
    }
}
