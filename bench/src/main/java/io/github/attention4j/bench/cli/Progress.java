package io.github.attention4j.bench.cli;

/**
 * A line on standard error that shows how far long work is; silent when nobody is looking, so that logs stay readable.
 */
final class Progress implements AutoCloseable {
    private final String task;
    private final long steps;
    /** The start script knows whether standard error is a terminal; Java 17 does not. */
    private final boolean isShown = Boolean.getBoolean("bench.progress");

    private long done;

    Progress(String task, long steps) {
        this.task = task;
        this.steps = steps;
        to(0);
    }

    void step() {
        to(done + 1);
    }

    /** So many of the steps are done. */
    void to(long steps) {
        done = steps;
        show(task + ": " + done + " of " + this.steps);
    }

    private void show(String line) {
        if (isShown) {
            System.err.print("\r\033[K" + line); // to the beginning of the line, and nothing behind it
            System.err.flush();
        }
    }

    @Override
    public void close() {
        show("");
    }
}
