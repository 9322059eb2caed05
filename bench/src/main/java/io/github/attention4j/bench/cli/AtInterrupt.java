package io.github.attention4j.bench.cli;

import java.io.IOException;

/** What is still done where somebody ends long work, so that what was found out by then is not lost. */
final class AtInterrupt {
    private AtInterrupt() {}

    /** Long work. */
    interface Work {
        void run() throws IOException;
    }

    /** Does the work; if the process is ended meanwhile, that is done last. */
    static void during(Work work, Runnable last) throws IOException {
        Thread hook = new Thread(last, "at interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            work.run();
        } finally {
            remove(hook);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook runs.
        }
    }
}
