package io.github.attention4j.bench.decode;

/**
 * A line of the table.
 *
 * @param problem what was computed
 * @param device on which
 * @param family by which kernels
 * @param millis a step, median
 * @param readGigabytes what a kernel that only reads reached meanwhile in GB/s, median; NaN on devices that have none
 * @param error the largest difference from the right answer
 */
public record DecodeRow(
        DecodeCase problem, String device, String family, double millis, double readGigabytes, double error) {
    /** Keys and values read, in GB/s. */
    public double gigabytesPerSecond() {
        return problem.bytes() / millis * 1e-6;
    }

    /** The same in parts of what a kernel that only reads reached. */
    public double share() {
        return gigabytesPerSecond() / readGigabytes;
    }

    /**
     * New tokens a second of all sequences together, if there were nothing else to do for them than this one layer's
     * attention.
     */
    public double tokensPerSecond() {
        return problem.batch() * 1000 / millis;
    }
}
