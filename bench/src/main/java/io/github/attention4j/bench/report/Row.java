package io.github.attention4j.bench.report;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.Interleaved.Timing;
import io.github.attention4j.bench.run.Visible;

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
 * @param peak what multiply-adds alone reached on its processor or device in the same run, in GFLOP/s, or NaN
 */
public record Row(
        String engine,
        String device,
        String family,
        String problem,
        AttentionSpec spec,
        Timing timing,
        double deviceMillis,
        double maxError,
        double peak) {
    /** Billions of floating-point operations in a second, by the median. */
    public double gflops() {
        return Visible.flops(spec) / timing.median() * 1e-6;
    }

    /** The rate as a share of that of multiply-adds alone; NaN where that was not measured. */
    public double share() {
        return gflops() / peak;
    }

    boolean isOurs() {
        return engine.equals(EngineContender.ENGINE);
    }
}
