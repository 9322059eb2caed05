package io.github.attention4j.bench.run;

import java.util.function.LongSupplier;

/** Until when something may begin. What has begun is not interrupted: a driver cannot be. */
public final class Deadline {
    private final LongSupplier nanos;
    private final long end;

    private Deadline(LongSupplier nanos, long end) {
        this.nanos = nanos;
        this.end = end;
    }

    /** So many seconds from now. */
    public static Deadline inSeconds(double seconds) {
        return inSeconds(seconds, System::nanoTime);
    }

    /** So many seconds from now on this clock. */
    public static Deadline inSeconds(double seconds, LongSupplier nanos) {
        return new Deadline(nanos, nanos.getAsLong() + (long) (seconds * 1e9));
    }

    /** Whether it has passed. */
    public boolean isOver() {
        return secondsLeft() <= 0;
    }

    /** Seconds until then, not below 0. */
    public double secondsLeft() {
        return Math.max(0, (end - nanos.getAsLong()) * 1e-9);
    }

    /** After this part of the time that is left. */
    public Deadline after(double part) {
        return inSeconds(part * secondsLeft(), nanos);
    }
}
