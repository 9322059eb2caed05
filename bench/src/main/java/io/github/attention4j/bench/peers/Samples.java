package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.run.Quartiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The measurements of one contender at one shape. One is starved if fewer processors worked for it than in the best of
 * the others: somebody else had them. Starved ones are kept, counted, and left out of the median.
 */
public final class Samples {
    /** Below this share of the processors that worked at best, a measurement is starved. */
    private static final double STARVED = 0.85;

    /**
     * One measurement: some calls in a row.
     *
     * @param millis of one call
     * @param processors how many processors worked, on average: processor time over time
     */
    public record Sample(double millis, double processors) {
        /** From nanoseconds of all the calls. */
        static Sample of(double wallNanos, double cpuNanos, int calls) {
            return new Sample(wallNanos * 1e-6 / calls, cpuNanos / wallNanos);
        }
    }

    private final List<Sample> all = new ArrayList<>();

    /** One more. */
    public void add(Sample sample) {
        all.add(sample);
    }

    /** All of them, in the order of time. */
    public List<Sample> all() {
        return List.copyOf(all);
    }

    /** Whether this one of them was starved. */
    public boolean isStarved(Sample sample) {
        return sample.processors() < STARVED * mostProcessors();
    }

    /** How many were starved. */
    public int starved() {
        return (int) all.stream().filter(this::isStarved).count();
    }

    /** {@code "1 of 5"}. */
    String starvedOfAll() {
        return starved() + " of " + all.size();
    }

    /** How many were not. */
    public int good() {
        return all.size() - starved();
    }

    private double[] goodMillis() {
        return all.stream()
                .filter(sample -> !isStarved(sample))
                .mapToDouble(Sample::millis)
                .sorted()
                .toArray();
    }

    /** Milliseconds of a call, in the middle of those that were not starved; NaN if there is none. */
    public double medianMillis() {
        return all.isEmpty() ? Double.NaN : Quartiles.of(goodMillis()).median();
    }

    /** Milliseconds of a call, the fastest of those that were not starved; NaN if there is none. */
    public double minMillis() {
        return all.isEmpty() ? Double.NaN : goodMillis()[0];
    }

    /** The most processors that worked at a time, on average over a measurement; 0 if there is none. */
    public double mostProcessors() {
        return all.stream().mapToDouble(Sample::processors).max().orElse(0);
    }

    /** Each of them, for other programs. */
    List<Map<String, Object>> json() {
        return all.stream()
                .map(sample -> Map.<String, Object>of(
                        "ms", sample.millis(), "processors", sample.processors(), "starved", isStarved(sample)))
                .toList();
    }
}
