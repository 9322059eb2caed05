package io.github.attention4j.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A JVM of its own for what can be tried but once in a JVM: other options, another environment, another class path. */
public final class Jvm {
    private static final int MINUTES = 3;

    private final List<String> wrapper = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final List<String> unset = new ArrayList<>();
    private String home = System.getProperty("java.home");
    private String classPath = System.getProperty("java.class.path");

    /**
     * What came of it.
     *
     * @param exit the exit code
     * @param out the standard output
     * @param err the standard error
     */
    public record Result(int exit, String out, String err) {
        /** All of it, for a failing test. */
        @Override
        public String toString() {
            return "exit code " + exit + "\n--- out\n" + out + "\n--- err\n" + err;
        }
    }

    /** With this JDK. */
    public Jvm home(String folder) {
        home = folder;
        return this;
    }

    /** With options of the JVM. */
    public Jvm option(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** With an environment variable, or without it if the value is null. */
    public Jvm environment(String variable, String value) {
        if (value == null) {
            unset.add(variable);
        } else {
            environment.put(variable, value);
        }
        return this;
    }

    /** With those parts of this JVM's class path whose path is accepted. */
    public Jvm classPath(Predicate<String> accepted) {
        classPath = Arrays.stream(classPath.split(File.pathSeparator))
                .filter(accepted)
                .collect(Collectors.joining(File.pathSeparator));
        return this;
    }

    /** Run by a shell that does this first, in a view of the file system of its own. See {@link #canMount()}. */
    public Jvm afterMounting(String commands) {
        wrapper.addAll(unshare());
        wrapper.addAll(List.of("sh", "-e", "-c", commands + "\nexec \"$@\"", "sh"));
        return this;
    }

    /** Whether this user may have such a view. */
    public static boolean canMount() {
        try {
            List<String> command = new ArrayList<>(unshare());
            command.addAll(List.of("sh", "-c", "mount -t tmpfs none /mnt"));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> unshare() {
        boolean root = "root".equals(System.getProperty("user.name"));
        return root ? List.of("unshare", "-m") : List.of("unshare", "-rm");
    }

    /** Runs a main class and waits for its end. */
    public Result run(Class<?> main, String... arguments) {
        return run(List.of(arguments), "-cp", classPath, main.getName());
    }

    /** Runs with these options and arguments, without a class path of this JVM's. */
    public Result run(List<String> arguments, String... what) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(home, "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(what));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.environment().keySet().removeAll(unset);
        try {
            Path out = Files.createTempFile("jvm", ".out");
            Path err = Files.createTempFile("jvm", ".err");
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            Result result = new Result(process.exitValue(), read(out), read(err));
            Files.delete(out);
            Files.delete(err);
            return result;
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
