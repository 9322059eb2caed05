package io.github.attention4j.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A fresh JVM with the flags and the class path of this one. */
final class ChildJvm {
    private ChildJvm() {}

    /**
     * Runs a main method to its end; everything it printed.
     *
     * @param flags for the JVM, beyond those of this one
     * @param environment variables to set, beyond those of this process
     * @throws IllegalStateException if it fails
     */
    static String run(Class<?> main, List<String> flags, Map<String, String> environment, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException("a fresh JVM with " + main.getSimpleName() + " " + arguments
                        + " should end with status 0, but ended with " + status + " and printed: " + text.strip());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a fresh JVM ran " + main.getSimpleName(), e);
        }
        return text;
    }

    /**
     * The rest of the first line that starts like this.
     *
     * @throws IllegalStateException if there is none
     */
    static String after(String prefix, String text) {
        return text.lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "a fresh JVM should print a line \"" + prefix + "...\", but printed: " + text.strip()));
    }
}
