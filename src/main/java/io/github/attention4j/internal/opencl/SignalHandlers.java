package io.github.attention4j.internal.opencl;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the JVM its signal handlers back where LLVM took them. A driver's LLVM puts handlers of its own before those of
 * the JVM for SIGSEGV, SIGFPE and others, once for the whole process: PoCL when its devices are first asked for, and
 * again at the first build after LLVM gave them back. Left there, they end the JVM at a null pointer or a collection:
 * with LLVM 21 the first such fault is fatal, before that two at the same moment are, and PoCL 3.1 lets integer
 * divisions by zero pass in Java too.
 *
 * <p>LLVM gives all of them back when one of them is hit. SIGXFSZ is among them, and the JVM ignores it; so this sends
 * it. That the handlers are LLVM's shows in signals that LLVM takes and no JVM does. It needs Linux's {@code /proc},
 * and is for processes without libjsig, which keeps both sides' handlers.
 */
final class SignalHandlers {
    private static final Path STATUS = Path.of("/proc/self/status");
    /** SIGXCPU and SIGSYS, as bits of the masks in {@link #STATUS}. */
    private static final long ONLY_LLVMS = 1L << (24 - 1) | 1L << (31 - 1);

    private static final long SIGXFSZ = 1L << (25 - 1);

    private static final long GUARD_NANOS = 50_000;
    private static final long FIRST_LOOK_MILLIS = 50;
    private static final ReentrantLock LOCK = new ReentrantLock();

    private SignalHandlers() {}

    /** Apart, because a diagnosis must do without a logger. */
    private static final class Log {
        static final Logger LOG = LoggerFactory.getLogger(SignalHandlers.class);
    }

    /** Whether this process can be looked after at all and has need of it. */
    static boolean isActive() {
        return Once.ACTIVE;
    }

    /** Whether libjsig was loaded before the JVM, which then keeps both sides' handlers. */
    static boolean isChained() {
        return Once.CHAINED;
    }

    /** What does not change in a process. */
    private static final class Once {
        static final boolean CHAINED = SystemLibraries.loaded().contains("libjsig");
        static final boolean ACTIVE = !CHAINED && contents(STATUS).contains("SigCgt:");

        private static String contents(Path file) {
            try {
                return Files.readString(file, StandardCharsets.ISO_8859_1);
            } catch (IOException | SecurityException e) {
                return "";
            }
        }
    }

    /** Whether LLVM's handlers stand before the JVM's now. */
    static boolean areReplaced() {
        return isActive() && (caught(Once.contents(STATUS)) & ONLY_LLVMS) == ONLY_LLVMS;
    }

    /** The signals that a text of {@link #STATUS} says have handlers, the lowest bit for signal 1. */
    static long caught(String status) {
        int at = status.indexOf("SigCgt:");
        int end = at < 0 ? -1 : status.indexOf('\n', at);
        return end < 0
                ? 0
                : Long.parseUnsignedLong(status.substring(at + 7, end).trim(), 16);
    }

    /** A signal that LLVM takes and the JVM ignores, sent by Java. */
    interface SentSignal {
        /** Sets a handler of Java's that does nothing: the JVM lets Java send no signal without one. */
        void take();

        /** Sends it to the calling thread; IllegalArgumentException if it was not taken. */
        void raise();

        /** Sets the handler that was there before. */
        void leave();
    }

    /**
     * Until it is closed, the driver may replace handlers; they are given back then. One at a time in the process.
     *
     * @param closely with a thread that gives handlers back as soon as they are replaced, and not after the call, some
     *     milliseconds later; not for builds, since LLVM deletes the files it is writing when it gives handlers back
     */
    static Watch watch(boolean closely) {
        return new Watch(closely);
    }

    /** The time of one call that may bring LLVM's handlers. */
    static final class Watch implements AutoCloseable {
        private final SentSignal signal;
        private final Guard guard;

        private Watch(boolean closely) {
            LOCK.lock();
            signal = isActive() && !areReplaced() ? taken() : null;
            guard = closely && signal != null ? Guard.started(signal) : null;
        }

        @Override
        public void close() {
            try {
                if (guard != null) {
                    guard.end();
                }
                if (areReplaced()) {
                    if (signal != null) {
                        signal.raise();
                    } else {
                        sendFromOutside(); // the driver was in use before: the signal has LLVM's handler, none of
                        // Java's
                    }
                    Log.LOG.debug("signal handlers replaced by the driver, given back: {}", !areReplaced());
                }
                if (signal != null && !areReplaced()) {
                    signal.leave();
                }
            } finally {
                LOCK.unlock();
            }
        }
    }

    /** Null where Java cannot send it. */
    private static SentSignal taken() {
        try {
            Class<?> type = Class.forName(SignalHandlers.class.getPackageName() + ".JdkSignal");
            SentSignal signal = (SentSignal) type.getDeclaredConstructor().newInstance();
            signal.take();
            return signal;
        } catch (ReflectiveOperationException | LinkageError | IllegalArgumentException e) {
            Log.LOG.debug("Java cannot send a signal to give handlers back: {}", e.toString());
            return null;
        }
    }

    private static void sendFromOutside() {
        if ((caught(Once.contents(STATUS)) & SIGXFSZ) == 0) {
            return; // it would end the process
        }
        String command = "kill -s XFSZ " + ProcessHandle.current().pid();
        try {
            Process shell =
                    new ProcessBuilder("/bin/sh", "-c", command).inheritIO().start();
            if (!shell.waitFor(5, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
        } catch (IOException e) {
            Log.LOG.debug("{} failed: {}", command, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks some thousand times a second. */
    private static final class Guard extends Thread {
        private final SentSignal signal;
        private final CountDownLatch looking = new CountDownLatch(1);
        private volatile boolean ended;

        Guard(SentSignal signal) {
            super("attention4j-signals");
            this.signal = signal;
            setDaemon(true);
        }

        /** Null where the system gives no thread; handlers are then given back after the call. */
        static Guard started(SentSignal signal) {
            Guard guard = new Guard(signal);
            try {
                guard.start();
                guard.looking.await(FIRST_LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return guard;
            } catch (OutOfMemoryError e) {
                Log.LOG.debug("no close watch over signal handlers: {}", e.toString());
                return null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return guard;
            }
        }

        @Override
        public void run() {
            byte[] text = new byte[4096];
            try (RandomAccessFile status = new RandomAccessFile(STATUS.toFile(), "r")) {
                while (!ended) {
                    status.seek(0);
                    int length = status.read(text);
                    String read = new String(text, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1);
                    if ((caught(read) & ONLY_LLVMS) == ONLY_LLVMS) {
                        signal.raise();
                    }
                    looking.countDown();
                    LockSupport.parkNanos(GUARD_NANOS);
                }
            } catch (IOException | IllegalArgumentException e) {
                Log.LOG.debug("no close watch over signal handlers: {}", e.toString());
            }
        }

        void end() {
            ended = true;
            boolean interrupted = false;
            while (isAlive()) {
                try {
                    join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
