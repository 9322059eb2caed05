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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A JVM of its own for what can be tried but once in a JVM: other options, another environment, another class path. */
public final class Jvm {
    private int minutes = 3;
    private final List<String> wrapper = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final List<String> unset = new ArrayList<>();
    private File directory;
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

    /** Ended if it takes longer than this. */
    public Jvm minutes(int most) {
        minutes = most;
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
            unset.remove(variable);
            environment.put(variable, value);
        }
        return this;
    }

    /** In this working directory. */
    public Jvm in(Path folder) {
        directory = folder.toFile();
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
        return throughShell(commands);
    }

    /** Run by a shell that does this first. */
    public Jvm throughShell(String commands) {
        wrapper.addAll(List.of("sh", "-e", "-c", commands + "\nexec \"$@\"", "sh"));
        return this;
    }

    /** Whether this user may have such a view. */
    public static boolean canMount() {
        return canMount("mount -t tmpfs none /mnt");
    }

    /** Whether this user may do this in such a view. */
    public static boolean canMount(String commands) {
        try {
            List<String> command = new ArrayList<>(unshare());
            command.addAll(List.of("sh", "-e", "-c", commands));
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

    /** Runs a main class in so many JVMs at once, and waits for all their ends. */
    public List<Result> runAtOnce(int processes, Class<?> main, String... arguments) {
        List<CompletableFuture<Result>> running = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(processes);
        for (int i = 0; i < processes; i++) {
            running.add(CompletableFuture.supplyAsync(() -> run(main, arguments), threads));
        }
        threads.shutdown();
        return running.stream().map(CompletableFuture::join).toList();
    }

    /** Runs with these options and arguments, without a class path of this JVM's. */
    public Result run(List<String> arguments, String... what) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(home, "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(what));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory);
        builder.environment().putAll(environment);
        builder.environment().keySet().removeAll(unset);
        try {
            Path out = Files.createTempFile("jvm", ".out");
            Path err = Files.createTempFile("jvm", ".err");
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
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
