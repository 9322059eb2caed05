package io.github.attention4j.bench.scale;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.bench.attention.Visible;
import io.github.attention4j.bench.scale.ScaleRow.Series;
import java.util.ArrayList;
import java.util.List;

/** The calls of each curve. */
public final class ScaleCases {
    private static final int SHORTEST = 128;
    private static final int LONGEST = 32_768;
    private static final int LONGEST_QUICK = 2048;
    private static final int LENGTH = 512;
    private static final int HEAD_DIM = 64;
    private static final int MOST_HEADS = 64;
    private static final int HEADS = 16;
    private static final int MOST_BATCH = 16;
    private static final int FEW_HEADS = 4;

    private ScaleCases() {}

    /**
     * The calls of a curve, smallest first.
     *
     * @param gflops at what rate the device computes, roughly
     * @param millis how long a call may take; long ones get fewer heads for that, and one head is the least
     */
    public static List<AttentionSpec> of(Series series, boolean causal, boolean quick, double gflops, double millis) {
        List<AttentionSpec> specs = new ArrayList<>();
        switch (series) {
            case LENGTH -> {
                for (int length = SHORTEST; length <= (quick ? LONGEST_QUICK : LONGEST); length *= 2) {
                    specs.add(spec(1, heads(length, gflops, millis), length, causal));
                }
            }
            case HEADS -> {
                for (int heads = 1; heads <= MOST_HEADS; heads *= 2) {
                    specs.add(spec(1, heads, LENGTH, causal));
                }
            }
            case BATCH -> {
                for (int batch = 1; batch <= MOST_BATCH; batch *= 2) {
                    specs.add(spec(batch, FEW_HEADS, LENGTH, causal));
                }
            }
            case THREADS -> specs.add(spec(1, HEADS, quick ? LENGTH : 2 * LENGTH, causal));
        }
        return specs;
    }

    /** Half as many until it fits; masks are not looked at, so that both curves have the same calls. */
    private static int heads(int length, double gflops, double millis) {
        int heads = HEADS;
        while (heads > 1 && millis(spec(1, heads, length, false), gflops) > millis) {
            heads /= 2;
        }
        return heads;
    }

    /** How long a call should take at this rate. */
    public static double millis(AttentionSpec spec, double gflops) {
        return Visible.flops(spec) / gflops * 1e-6;
    }

    private static AttentionSpec spec(int batch, int heads, int length, boolean causal) {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(batch)
                .heads(heads)
                .sequenceLength(length)
                .headDim(HEAD_DIM);
        return (causal ? builder.causal() : builder).build();
    }
}
