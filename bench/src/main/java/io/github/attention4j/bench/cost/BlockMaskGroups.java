package io.github.attention4j.bench.cost;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.cost.CostCase.Group;
import io.github.attention4j.score.Functions;
import java.util.List;
import java.util.Locale;

/** Block masks beside calls that see the same pairs by what is built in; and what making one takes. */
public final class BlockMaskGroups {
    private static final double NO_GOAL = Double.NaN;
    private static final double WINDOW_GOAL = 1.3;
    private static final double DOCUMENTS_GOAL = 1.15;
    private static final int LENGTH = 16_384;
    private static final int WINDOW = 256;
    private static final int DOCUMENTS = 8;
    private static final int BLOCK = 64;
    private static final int HEADS = 4;
    private static final int DIM = 64;
    private static final int TURNS = 40;

    private BlockMaskGroups() {}

    /**
     * All of them.
     *
     * @param divisor lengths are divided by this: 1 for those that the goals are about
     */
    public static List<Group> all(int divisor) {
        int length = LENGTH / divisor;
        CostCase window = CostCase.of("window", spec(length).mask(Mask.window(WINDOW - 1, 0)), NO_GOAL);
        AttentionSpecBuilder ofWindow = window(length);
        CostCase batch = CostCase.of(
                "causal batch", spec(length / DOCUMENTS).batch(DOCUMENTS).causal(), NO_GOAL);
        return List.of(
                new Group(
                        window, List.of(masked("window by function and block mask", ofWindow, nothing(), WINDOW_GOAL))),
                new Group(
                        batch,
                        List.of(masked(
                                "as many documents by function and block mask",
                                spec(length)
                                        .causal()
                                        .keep(Functions.documents(0, 0))
                                        .scoreTensor(0, DType.I32, 1, length)
                                        .blockMask(BLOCK, BLOCK),
                                nothing().with(Operand.SCORE_TENSOR_0, documents(length)),
                                DOCUMENTS_GOAL))));
    }

    /** How long making the window's mask takes, the least of as many times as compilers need. */
    public static String making(AttentionEngine engine, int divisor) {
        AttentionSpec spec = window(LENGTH / divisor).build();
        long best = Long.MAX_VALUE;
        for (int turn = 0; turn < TURNS; turn++) {
            long start = System.nanoTime();
            engine.blockMask(spec, nothing());
            best = Math.min(best, System.nanoTime() - start);
        }
        return String.format(
                Locale.ROOT,
                "Making the block mask of a window of %d keys at %d takes %.2f ms on %s.",
                WINDOW,
                spec.keyLength(),
                best / 1e6,
                engine.device().id());
    }

    private static CostCase masked(String name, AttentionSpecBuilder builder, AttentionArrays own, double goal) {
        AttentionSpec spec = builder.build();
        try (AttentionEngine engine = AttentionEngine.open("java")) {
            int[] mask = engine.blockMask(spec, own).array();
            return CostCase.of(name, spec.toBuilder(), goal).with(own.with(Operand.BLOCK_MASK, mask));
        }
    }

    private static AttentionSpecBuilder window(int length) {
        return spec(length).keep(Functions.window(WINDOW - 1, 0)).blockMask(BLOCK, BLOCK);
    }

    private static int[] documents(int length) {
        int[] documents = new int[length];
        for (int i = 0; i < length; i++) {
            documents[i] = i / (length / DOCUMENTS);
        }
        return documents;
    }

    private static AttentionArrays nothing() {
        return new AttentionArrays();
    }

    private static AttentionSpecBuilder spec(int length) {
        return AttentionSpec.builder().heads(HEADS).sequenceLength(length).headDim(DIM);
    }
}
