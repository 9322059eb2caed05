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

    /** Whether the answer is good enough. */
    public boolean passed() {
        return fault == null;
    }
}
