package io.github.attention4j.bench.run;

import java.util.Arrays;

/**
 * Where samples lie.
 *
 * @param lower a quarter of them are below
 * @param median half of them are below
 * @param upper a quarter of them are above
 */
public record Quartiles(double lower, double median, double upper) {
    /**
     * Of samples in any order, straight lines between neighbours.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Quartiles of(double[] samples) {
        if (samples.length == 0) {
            throw new IllegalArgumentException(
                    "quartiles need at least one sample, but there is none; time more rounds");
        }
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
    }

    private static double at(double[] sorted, double part) {
        double position = part * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
