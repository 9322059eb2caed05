package io.github.attention4j.bench.scale;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.attention.Problem;
import io.github.attention4j.bench.attention.Visible;

/**
 * A point of a curve.
 *
 * @param series what varies
 * @param device where it ran
 * @param spec the call
 * @param threads that computed it, or 0: as many as there are
 * @param millis median
 * @param error how far the answer was from the right one
 */
public record ScaleRow(Series series, String device, AttentionSpec spec, int threads, double millis, double error) {
    /** What varies. */
    public enum Series {
        LENGTH,
        HEADS,
        BATCH,
        THREADS;

        /** The horizontal position of a point. */
        int position(ScaleRow row) {
            return switch (this) {
                case LENGTH -> row.spec().keyLength();
                case HEADS -> row.spec().heads();
                case BATCH -> row.spec().batch();
                case THREADS -> row.threads();
            };
        }
    }

    /** Pairs of a query and a key that it sees, of all heads, times columns. */
    double work() {
        return Visible.flops(spec) / 4;
    }

    /** 10⁹ operations a second. */
    double gflops() {
        return Visible.flops(spec) / millis * 1e-6;
    }

    /** Whether a mask hides half of the keys. */
    boolean isCausal() {
        return Problem.isCausal(spec);
    }

    /** The curve it lies on. */
    String curve() {
        return device + (isCausal() ? " causal" : "");
    }
}
