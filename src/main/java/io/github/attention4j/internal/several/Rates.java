package io.github.attention4j.internal.several;

import java.util.Arrays;

/** How fast each device is: measured before the first call that is cut, and corrected as calls run. */
final class Rates {
    /** Less is not told from what a call costs however small it is. */
    private static final long SHORTEST_NANOS = 200_000;

    private static final double WEIGHT_OF_LAST = 0.5;

    private final double[] perNano;
    private final boolean areGiven;

    /** To be measured. */
    Rates(int devices) {
        perNano = new double[devices];
        areGiven = false;
    }

    /** Given, for tests. */
    Rates(double[] given) {
        perNano = given.clone();
        areGiven = true;
    }

    boolean areGiven() {
        return areGiven;
    }

    /** A copy; 0 for a device that was not measured. */
    synchronized double[] all() {
        return perNano.clone();
    }

    synchronized boolean areMeasured() {
        return Arrays.stream(perNano).allMatch(rate -> rate > 0);
    }

    /** Of a device alone, whatever was known before. */
    synchronized void set(int device, double work, long nanos) {
        perNano[device] = work / Math.max(1, nanos);
    }

    /** Of a share, beside those of the others. */
    synchronized void add(int device, double work, long nanos) {
        if (nanos >= SHORTEST_NANOS && !areGiven) {
            double last = work / nanos;
            perNano[device] += WEIGHT_OF_LAST * (last - perNano[device]);
        }
    }
}
