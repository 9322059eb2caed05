package io.github.attention4j.bench.peers;

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
