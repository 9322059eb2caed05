package io.github.attention4j.internal.opencl;

import io.github.attention4j.Device;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles programs in a child process, a {@link CompilerProcess}, so that a driver's LLVM never puts its signal
 * handlers before those of this JVM; see {@link SignalChaining}. The child is started for the first program that no
 * cache has, which costs about half a second, and takes the next ones as long as they come. Whatever goes wrong with it
 * (it cannot be started, ends, is silent too long) is remembered, and programs are compiled in this process from then
 * on.
 */
final class ChildCompiler {
    /** {@code false} compiles in this process. */
    private static final String PROPERTY = "attention4j.compileInChild";

    private static final long LIMIT_MILLIS =
            90_000; // a kernel takes one to two seconds on a machine that is not loaded
    private static final ChildCompiler SHARED = new ChildCompiler(LIMIT_MILLIS);

    private final long limitMillis;
    private final SplittableRandom tokens = new SplittableRandom();
    /** Why there is no child, or empty. */
    private volatile String obstacle = "";

    private ChildCommand command;
    private Process process;
    private DataOutputStream out;
    private DataInputStream in;

    /** With the command that {@link ChildCommand#make()} finds. */
    private ChildCompiler(long limitMillis) {
        this.limitMillis = limitMillis;
    }

    /** With another command, for tests. */
    ChildCompiler(ChildCommand command, long limitMillis) {
        this(limitMillis);
        this.command = command;
    }

    /** Apart, because a diagnosis must do without a logger. */
    private static final class Log {
        static final Logger LOG = LoggerFactory.getLogger(ChildCompiler.class);
    }

    /** The child that all engines of this class loader share. */
    static ChildCompiler shared() {
        return SHARED;
    }

    static boolean isAllowed() {
        return !"false".equalsIgnoreCase(System.getProperty(PROPERTY));
    }

    /** Why programs are compiled in this process, in words that follow "since"; empty as long as they are not. */
    static String whyNot() {
        if (!isAllowed()) {
            return "-D" + PROPERTY + "=false";
        }
        return Here.OBSTACLE.isEmpty() ? SHARED.obstacle() : Here.OBSTACLE;
    }

    /**
     * What is known before any child is started, and does not change in a process: whether one can be started from
     * where this library lies.
     */
    private static final class Here {
        static final String OBSTACLE = obstacle();

        private static String obstacle() {
            try {
                ChildCommand.make();
                return "";
            } catch (IOException e) {
                return saying(e);
            } catch (LinkageError e) {
                return ""; // without SLF4J there is a diagnosis, but no engine
            }
        }
    }

    private static String saying(IOException e) {
        return "its child process " + (e instanceof ChildCommand.Impossible ? "" : "fails: ") + e.getMessage();
    }

    String obstacle() {
        return obstacle;
    }

    /**
     * What the driver made of a program, or empty: it does not compile, or there is no child, see {@link #obstacle}.
     *
     * @param object whether to compile without linking
     */
    synchronized Optional<byte[]> compile(Device device, String source, String options, boolean object) {
        if (!obstacle.isEmpty()) {
            return Optional.empty();
        }
        boolean known = process != null;
        CompilerRequest request =
                new CompilerRequest(tokens.nextLong(), CompilerRequest.identity(device), source, options, object);
        try {
            byte[] compiled;
            try {
                compiled = ask(request);
            } catch (IOException e) {
                stop();
                if (!known) {
                    throw e;
                }
                compiled = ask(request); // a child that had been idle ends at any moment
            }
            return compiled.length == 0 ? Optional.empty() : Optional.of(compiled);
        } catch (IOException e) {
            obstacle = saying(e);
            stop();
            return Optional.empty();
        }
    }

    private byte[] ask(CompilerRequest request) throws IOException {
        long start = System.nanoTime();
        if (process == null) {
            start();
        }
        Deadline deadline = new Deadline(process, limitMillis);
        deadline.start();
        try {
            request.write(out);
            byte[] answer = request.readAnswer(in);
            Log.LOG.debug("compiled in a child process in {} ms", (System.nanoTime() - start) / 1_000_000);
            return answer;
        } catch (IOException e) {
            IOException ended = ended(e);
            throw deadline.hasPassed ? new IOException("no answer in " + limitMillis + " ms", e) : ended;
        } finally {
            deadline.interrupt();
        }
    }

    private void start() throws IOException {
        if (command == null) {
            command = ChildCommand.make();
        }
        process = command.start();
        out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        in = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    }

    /** A pipe's end says nothing; the process's own may, which comes a moment later. */
    private IOException ended(IOException pipe) {
        try {
            if (process.waitFor(1, TimeUnit.SECONDS)) {
                return new IOException("it ended with exit code " + process.exitValue(), pipe);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return pipe;
    }

    private void stop() {
        if (process != null) {
            process.destroyForcibly();
            close(out);
            close(in);
            process = null;
        }
    }

    private static void close(AutoCloseable pipe) {
        try {
            pipe.close();
        } catch (Exception e) {
            Log.LOG.debug("closing a pipe: {}", e.toString());
        }
    }

    /** Ends a child that is silent for too long; interrupted by its answer. */
    private static final class Deadline extends Thread {
        private final Process process;
        private final long millis;
        private volatile boolean hasPassed;

        Deadline(Process process, long millis) {
            super("attention4j-compile-deadline");
            setDaemon(true);
            this.process = process;
            this.millis = millis;
        }

        @Override
        public void run() {
            try {
                sleep(millis);
                hasPassed = true;
                process.destroyForcibly();
            } catch (InterruptedException e) {
                Log.LOG.trace("answered in time");
            }
        }
    }
}
