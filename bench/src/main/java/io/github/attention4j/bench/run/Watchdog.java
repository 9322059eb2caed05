package io.github.attention4j.bench.run;

/** Ends the JVM when a driver does not come back: nothing else can end a call into it. */
public final class Watchdog implements AutoCloseable {
    private final Thread thread;

    /**
     * Begins to wait.
     *
     * @param seconds until the end
     * @param last what is done before, shortly
     */
    public Watchdog(double seconds, Runnable last) {
        thread = new Thread(() -> wait(seconds, last), "watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    private static void wait(double seconds, Runnable last) {
        try {
            Thread.sleep((long) (seconds * 1000));
        } catch (InterruptedException e) {
            return;
        }
        try {
            last.run();
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }

    /** All went well. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
