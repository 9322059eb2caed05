package io.github.attention4j.bench.report;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.attention.Visible;
import io.github.attention4j.bench.timing.Interleaved.Timing;

/**
 * One contender's result on one problem.
 *
 * @param engine whose implementation it is
 * @param device the id of the device
 * @param family which kernel ran
 * @param problem the problem's name
 * @param spec the problem's shape
 * @param timing wall-clock times through the Java API
 * @param deviceMillis time by the device's clock, or NaN
 * @param maxError the largest distance from the reference
 */
public record Row(
        String engine,
        String device,
        String family,
        String problem,
        AttentionSpec spec,
        Timing timing,
        double deviceMillis,
        double maxError) {

    /** Billions of floating-point operations in a second, by the median. */
    public double gflops() {
        return Visible.flops(spec) / timing.median() * 1e-6;
    }
}
