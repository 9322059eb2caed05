package io.github.attention4j.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with the class path of this one, for what can only be met once in a process, or ends it. */
public final class ForkedJvm {
    private static final int SECONDS = 180;

    private final List<String> command = new ArrayList<>();
    private final ProcessBuilder builder = new ProcessBuilder();

    /** The flags come before the class. */
    public ForkedJvm(String... flags) {
        this(List.of(), flags);
    }

    /** Likewise started by a command that takes a command, such as one that changes what the process may do. */
    public ForkedJvm(List<String> starter, String... flags) {
        command.addAll(starter);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.addAll(List.of(flags));
        builder.redirectErrorStream(true);
    }

    /** With these environment variables besides this process's. */
    public ForkedJvm environment(Map<String, String> variables) {
        builder.environment().putAll(variables);
        return this;
    }

    /** In this working directory. */
    public ForkedJvm in(Path directory) {
        builder.directory(directory.toFile());
        return this;
    }

    /** Starts a main method with the class path of this JVM. */
    public Process start(Class<?> main, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        all.addAll(List.of(arguments));
        return builder.command(all).start();
    }

    /** Runs it to its end; all that it printed, and its exit status if that is not 0. */
    public String run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        return output(start(main, arguments));
    }

    /** What a process prints to its end, and its exit status if that is not 0. One that hangs is ended. */
    public static String output(Process process) throws IOException, InterruptedException {
        process.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).whenComplete((ended, late) -> {
            if (late != null) {
                process.destroyForcibly();
            }
        });
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        return status == 0 ? text : text + "exit status " + status;
    }
}
