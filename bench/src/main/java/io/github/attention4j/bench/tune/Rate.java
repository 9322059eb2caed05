package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.EngineContender;
import io.github.attention4j.bench.run.KernelClock;
import java.util.List;

/** How fast a family is, roughly, on a problem that even a slow one finishes soon. */
public final class Rate {
    private static final int LENGTH = 128;
    private static final int[] LENGTHS = {4096, 2048, 1024, 512, 256};
    private static final double TIMED_MILLIS = 50;

    private Rate() {}

    /**
     * GFLOP/s on a short problem, which does not fill a large device: good for comparing with other families on the
     * same problem only.
     *
     * @throws UnsupportedOperationException if the family cannot do it on this device
     */
    static double of(TuningTarget target, Device device) {
        Case problem = target.sample(LENGTH);
        EngineOptions options =
                EngineOptions.defaults().withFamily(target.family()).withCacheDirectory(null);
        try (AttentionEngine engine = AttentionEngine.open(device.id(), options);
                EngineContender contender = new EngineContender(engine, problem)) {
            return problem.flops() / KernelClock.median(contender, TIMED_MILLIS) * 1e-6;
        }
    }

    /** The longest length at which a call should take no longer than this, at this rate. */
    static int length(TuningTarget target, double gflops, double millis, int longest) {
        for (int length : LENGTHS) {
            if (length <= longest && 4.0 * 16 * length * length * target.headDim() / gflops * 1e-6 <= millis) {
                return length;
            }
        }
        return LENGTH;
    }

    /** The family that the planner takes by itself for such problems. */
    static KernelFamily chosen(Device device, DType type) {
        TuningTarget any = new TuningTarget(Families.openCl().get(0), type, 64, List.of(), "");
        try (AttentionEngine engine =
                AttentionEngine.open(device.id(), EngineOptions.defaults().withCacheDirectory(null))) {
            return engine.plan(any.sample(LENGTH).spec()).family();
        }
    }
}
