package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.KernelClock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How fast families are on the same short problem, taken before any is tuned. That rates are compared with their like
 * is the point: the rate of a short problem on a large device is far below what the device does with a long one.
 */
final class SampleRates {
    /** Queries and keys of the short problem, which even a slow family finishes soon. */
    private static final int LENGTH = 128;

    private static final int[] LENGTHS = {4096, 2048, 1024, 512, 256};
    private static final double TIMED_MILLIS = 50;
    /** A family that is so much slower than the fastest will not be chosen, whatever its tiles. */
    private static final double TOO_SLOW = 0.05;

    private final Map<TuningTarget, Double> rates = new LinkedHashMap<>();
    private final Map<TuningTarget, RuntimeException> failures = new LinkedHashMap<>();

    /** GFLOP/s on the device. */
    static double measure(TuningTarget target, Device device) {
        Case problem = target.sample(LENGTH);
        EngineOptions options =
                EngineOptions.defaults().withFamily(target.family()).withCacheDirectory(null);
        try (AttentionEngine engine = AttentionEngine.open(device.id(), options);
                EngineContender contender = new EngineContender(engine, problem)) {
            return problem.flops() / KernelClock.median(contender, TIMED_MILLIS) * 1e-6;
        }
    }

    /** Takes one; what is thrown is thrown by {@link #of}. */
    void take(TuningTarget target, ToDoubleFunction<TuningTarget> sample) {
        try {
            rates.put(target, sample.applyAsDouble(target));
        } catch (RuntimeException e) {
            failures.put(target, e);
        }
    }

    /** GFLOP/s of a target. */
    double of(TuningTarget target) {
        if (failures.containsKey(target)) {
            throw failures.get(target);
        }
        return rates.get(target);
    }

    /** Why tuning this target is a waste of time, or empty. */
    Optional<String> obstacle(TuningTarget target) {
        double rate = of(target);
        double fastest = rates.values().stream().mapToDouble(r -> r).max().orElse(rate);
        return rate >= TOO_SLOW * fastest
                ? Optional.empty()
                : Optional.of("%.2f GFLOP/s beside %.1f on the same short problem: not worth tuning"
                        .formatted(rate, fastest));
    }

    /** The longest length at which a call should take no longer than this, at the rate of the target. */
    int length(TuningTarget target, double millis, int longest) {
        for (int length : LENGTHS) {
            double flops = target.sample(1).flops() * length * length;
            if (length <= longest && flops / of(target) * 1e-6 <= millis) {
                return length;
            }
        }
        return LENGTH;
    }
}
