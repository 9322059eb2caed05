package io.github.attention4j.bench.cli;

/**
 * A line on standard error that shows how far long work is; silent when nobody is looking, so that logs stay readable.
 */
final class Progress implements AutoCloseable {
    private static final int BAR = 30;

    /** Nothing is foretold from less. */
    private static final long LEAST_NANOS = 15_000_000_000L;

    private static final double SHORT_SECONDS = 100;

    private final long start = System.nanoTime();
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

    /** So many more are done, or not to be done. */
    void skip(long steps) {
        to(done + steps, "");
    }

    /** {@code ", about 12 minutes left"}; empty as long as that is not known. */
    String left() {
        double seconds = seconds(System.nanoTime() - start, done, steps);
        return Double.isNaN(seconds)
                ? ""
                : seconds < SHORT_SECONDS
                        ? ", less than two minutes left"
                        : ", about " + Math.round(seconds / 60) + " minutes left";
    }

    /** How many seconds are left where some of the steps took so long; NaN if that is too little to tell. */
    static double seconds(long nanos, long done, long steps) {
        return done == 0 || nanos < LEAST_NANOS ? Double.NaN : nanos * 1e-9 / done * Math.max(0, steps - done);
    }

    /** So many of the steps are done. */
    void to(long steps) {
        to(steps, "");
    }

    private void to(long steps, String note) {
        done = steps;
        int filled = (int) (BAR * Math.min(done, this.steps) / Math.max(1, this.steps));
        String bar = "#".repeat(filled) + "-".repeat(BAR - filled);
        show(task + " [" + bar + "] " + done + " of " + this.steps + left() + note);
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
