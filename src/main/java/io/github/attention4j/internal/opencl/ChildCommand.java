package io.github.attention4j.internal.opencl;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jocl.CL;
import org.slf4j.Logger;

/**
 * How a {@link CompilerProcess} is started: this JVM's own java, this library, JOCL and SLF4J, and of what this JVM was
 * told only where things are.
 */
record ChildCommand(List<String> words) {
    /** Where native libraries are looked for and put. */
    private static final List<String> KEPT = List.of("java.io.tmpdir", "java.library.path", "user.home");

    /** There is no way to start one here. */
    static final class Impossible extends IOException {
        private static final long serialVersionUID = 1;

        Impossible(String why) {
            super(why);
        }
    }

    /** The command for this JVM. */
    static ChildCommand make() throws IOException {
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        if (!new File(java).canExecute()) {
            throw new Impossible("cannot be started without " + java);
        }
        List<String> words = new ArrayList<>(List.of(
                java,
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:TieredStopAtLevel=1", // it lives for seconds
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-Xmx256m"));
        for (String name : System.getProperties().stringPropertyNames()) {
            if (KEPT.contains(name) || name.startsWith("attention4j.")) {
                words.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        URI own = location(ChildCommand.class);
        if (own.getScheme().equals("jrt")) {
            String module = ChildCommand.class.getModule().getName();
            words.addAll(List.of("-m", module + "/" + CompilerProcess.class.getName()));
        } else {
            words.add("--enable-native-access=ALL-UNNAMED");
            String separator = File.pathSeparator;
            String jars = file(own) + separator + file(location(CL.class)) + separator + file(location(Logger.class));
            words.addAll(List.of("-cp", jars));
            words.add(CompilerProcess.class.getName());
        }
        return new ChildCommand(List.copyOf(words));
    }

    private static URI location(Class<?> type) throws IOException {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            throw new Impossible("cannot be started: where " + type.getName() + " comes from is not known");
        }
        try {
            return source.getLocation().toURI();
        } catch (URISyntaxException e) {
            throw new Impossible("cannot be started from " + source.getLocation());
        }
    }

    private static File file(URI location) throws IOException {
        if (!"file".equals(location.getScheme())) {
            throw new Impossible("cannot be started from " + location + ", which is no file or folder of its own");
        }
        return new File(location);
    }

    /** The running process, with pipes for its input and output. */
    Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        for (String options : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")) {
            environment.remove(options); // agents, debuggers and the like
        }
        File chaining = SignalChaining.library();
        if (chaining.exists()) {
            String others = environment.get("LD_PRELOAD");
            environment.put("LD_PRELOAD", others == null ? chaining.getPath() : chaining + ":" + others);
        }
        return builder.start();
    }
}
