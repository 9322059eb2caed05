package io.github.attention4j.bench.tune;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How fast families are on the same short problem, taken before any is tuned. That rates are compared with their like
 * is the point: the rate of a short problem on a large device is far below what the device does with a long one.
 */
final class SampleRates {
    /** A family that is so much slower than the fastest will not be chosen, whatever its tiles. */
    private static final double TOO_SLOW = 0.05;

    private final Map<TuningTarget, Double> rates = new LinkedHashMap<>();
    private final Map<TuningTarget, RuntimeException> failures = new LinkedHashMap<>();

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
}
