package io.github.attention4j.testing;

/**
 * How far an answer is from the right one.
 *
 * @param error the largest difference; NaN or infinite if an element is no number where one should be
 * @param allowed how large it may be
 * @param fault what is wrong, or null if nothing is
 */
public record Verdict(double error, double allowed, String fault) {
    /** Of two numbers alone; an error that is NaN is wrong. */
    public Verdict(double error, double allowed) {
        this(error, allowed, error <= allowed ? null : "error %.3g, allowed %.3g".formatted(error, allowed));
    }

    /** The largest difference of two arrays of equal length; NaN if there is one. */
    public static double largestDifference(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < b.length; i++) {
            double difference = Math.abs((double) a[i] - b[i]);
            if (!(difference <= largest)) { // so that a NaN is taken, and stays
                largest = difference;
            }
            if (Double.isNaN(largest)) {
                return largest;
            }
        }
        return largest;
    }

    /** Whether the answer is good enough. */
    public boolean passed() {
        return fault == null;
    }
}
