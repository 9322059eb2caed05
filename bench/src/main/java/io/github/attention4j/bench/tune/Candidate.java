package io.github.attention4j.bench.tune;

import io.github.attention4j.internal.plan.Candidates.Tiles;

/**
 * Tiles that were tried.
 *
 * @param tiles the configuration
 * @param gflops at what rate, or NaN if there is none
 * @param error how far the answer was from the right one, or NaN if there is none
 * @param problem why there is no rate, or null
 * @param isFailure whether that is a fault of the kernel and not a limit of the device
 */
public record Candidate(Tiles tiles, double gflops, double error, String problem, boolean isFailure) {
    /** It ran and was right. */
    public static Candidate timed(Tiles tiles, double gflops, double error) {
        return new Candidate(tiles, gflops, error, null, false);
    }

    /** The device cannot run it: that is no fault. */
    public static Candidate refused(Tiles tiles, String why) {
        return new Candidate(tiles, Double.NaN, Double.NaN, why, false);
    }

    /** It did not compile or run, or its answer was wrong. */
    public static Candidate failed(Tiles tiles, double error, String why) {
        return new Candidate(tiles, Double.NaN, error, why, true);
    }

    /** Whether it ran and was right. */
    public boolean isTimed() {
        return problem == null;
    }
}
