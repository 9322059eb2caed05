package io.github.attention4j.bench.cli;

/**
 * A line on standard error that shows how far long work is; silent when nobody is looking, so that logs stay readable.
 */
final class Progress implements AutoCloseable {
    private static final int BAR = 30;

    private final String task;
    private final long steps;
    private final boolean isShown = isShown();

    private long done;

    Progress(String task, long steps) {
        this.task = task;
        this.steps = steps;
        to(0);
    }

    /** The start script knows whether standard error is a terminal; Java 17 does not. */
    static boolean isShown() {
        return Boolean.getBoolean("bench.progress");
    }

    void step() {
        step("");
    }

    /** One more step is done, and this is to be seen behind the bar. */
    void step(String note) {
        to(done + 1, note);
    }

    /** So many of the steps are done. */
    void to(long steps) {
        to(steps, "");
    }

    private void to(long steps, String note) {
        done = steps;
        int filled = (int) (BAR * Math.min(done, this.steps) / Math.max(1, this.steps));
        String bar = "#".repeat(filled) + "-".repeat(BAR - filled);
        show(task + " [" + bar + "] " + done + " of " + this.steps + note);
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
