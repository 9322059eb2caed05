package io.github.attention4j.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process of a contender, seen from the bench. Every question is answered, if only by why there is no answer. */
public final class PeerProcess implements AutoCloseable {
    private static final int LAST_LINES = 3;
    private static final long GOODBYE_SECONDS = 5;

    private final Process process;
    private final PrintStream in;
    private final BlockingQueue<PeerAnswer> answers = new LinkedBlockingQueue<>();

    private PeerProcess(Process process) {
        this.process = process;
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "peer output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a class of this class path with the flags of this JVM.
     *
     * @param environment variables beside those of this process
     * @param flags beside those of this JVM
     * @param words what its main is given
     */
    public static PeerProcess start(
            Class<?> main, Map<String, String> environment, List<String> flags, List<String> words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(flags);
        command.add(main.getName());
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        // Not on the command line: ONNX Runtime 1.29.0 ends the JVM with SIGSEGV where that is longer than 4096
        // characters.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new PeerProcess(builder.start());
    }

    private void read() {
        Deque<String> lastLines = new ArrayDeque<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (PeerAnswer.is(line)) {
                    answers.add(PeerAnswer.of(line));
                } else if (!line.isBlank()) {
                    lastLines.addLast(line);
                    if (lastLines.size() > LAST_LINES) {
                        lastLines.removeFirst();
                    }
                }
            }
            int status = process.waitFor();
            int signal = status - 128; // how Java reports a death by signal
            answers.add(PeerAnswer.failed(
                    "its process ended with status " + status + (signal > 0 ? " (signal " + signal + ")" : "")
                            + (lastLines.isEmpty() ? "" : "; it last said: " + String.join(" | ", lastLines))));
        } catch (IOException | RuntimeException | InterruptedException e) {
            answers.add(PeerAnswer.failed("its output cannot be read: " + e.getMessage()));
        }
    }

    /** Asks for so many calls, and waits for the answer. */
    public PeerAnswer ask(int calls, long seconds) {
        in.println(calls);
        return answer(seconds);
    }

    /** The next answer; {@link PeerAnswer#FAILED} with the reason if none comes. */
    public PeerAnswer answer(long seconds) {
        try {
            PeerAnswer answer = answers.poll(seconds, TimeUnit.SECONDS);
            if (answer == null) {
                process.destroyForcibly();
                return PeerAnswer.failed("no answer within " + seconds + " s; ended");
            }
            return answer;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException("interrupted while waiting for a contender", e);
        }
    }

    @Override
    public void close() {
        in.close();
        try {
            if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException("interrupted while a contender ends", e);
        }
    }
}
