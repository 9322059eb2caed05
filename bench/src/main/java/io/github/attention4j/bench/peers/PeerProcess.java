package io.github.attention4j.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
final class PeerProcess implements AutoCloseable {
    private static final int LAST_LINES = 3;
    private static final long GOODBYE_SECONDS = 5;
    private static final String END = "";

    private final Process process;
    private final PrintStream in;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Deque<String> lastLines = new ArrayDeque<>();

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
     * @param words what its main is given
     */
    static PeerProcess start(Class<?> main, Map<String, String> environment, List<String> words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
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
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (PeerAnswer.is(line)) {
                    answers.add(line);
                } else if (!line.isBlank()) {
                    remember(line);
                }
            }
        } catch (IOException e) {
            remember("its output cannot be read: " + e.getMessage());
        }
        answers.add(END);
    }

    private synchronized void remember(String line) {
        lastLines.addLast(line);
        if (lastLines.size() > LAST_LINES) {
            lastLines.removeFirst();
        }
    }

    /** Asks, and waits for the answer. */
    PeerAnswer ask(PeerRequest request, long seconds) {
        in.println(PeerAnswer.JSON.<JsonNode>valueToTree(request));
        return answer(seconds);
    }

    /** The next answer; {@link PeerAnswer#FAILED} with the reason if none comes. */
    PeerAnswer answer(long seconds) {
        try {
            String line = answers.poll(seconds, TimeUnit.SECONDS);
            if (line == null) {
                process.destroyForcibly();
                return PeerAnswer.failed("no answer within " + seconds + " s; ended");
            }
            if (line.equals(END)) {
                return PeerAnswer.failed(death());
            }
            return PeerAnswer.of(line);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException("interrupted while waiting for a contender", e);
        }
    }

    private String death() throws InterruptedException {
        int status = process.waitFor();
        int signal = status - 128; // how Java reports a death by signal
        synchronized (this) {
            return "its process ended with status " + status + (signal > 0 ? " (signal " + signal + ")" : "")
                    + (lastLines.isEmpty()
                            ? ""
                            : "; it last said: " + PeerAnswer.oneLine(String.join(" | ", lastLines)));
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
