package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.BlockMask;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.plan.BlockMaskLaunches;

/** A small block mask, with a keep function and a tensor where the larger one has some, against that made in Java. */
final class SmallBlockMask {
    private static final int QUERIES = 75;
    private static final int KEYS = 170;

    private final AttentionSpec spec;

    SmallBlockMask(AttentionSpec like) {
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(2)
                .heads(2)
                .queryLength(QUERIES)
                .keyLength(KEYS)
                .headDim(1)
                .keyLengths()
                .causal()
                .blockMask(BlockMask.LEAST_BLOCK, BlockMask.LEAST_BLOCK + 1);
        spec = SmallFunctions.add(builder, like, KEYS).build();
    }

    AttentionSpec spec() {
        return spec;
    }

    /** What is wrong with the mask, or null if nothing is. */
    String problem(ClContext context, ProgramCache programs, JavaSide javaSide) {
        AttentionArrays arrays = new AttentionArrays().with(Operand.KEY_LENGTHS, new int[] {KEYS, KEYS / 3});
        if (spec.has(Operand.SCORE_TENSOR_0)) {
            arrays.with(Operand.SCORE_TENSOR_0, SmallFunctions.documents(KEYS));
        }
        BlockMaskLaunches launches = new BlockMaskLaunches(spec, context.device);
        BlockMask made =
                new ClBlockMaskPlan(spec, launches, context, programs).make(ClStream.make("engine", context), arrays);
        try (Backend java = javaSide.open("java")) {
            BlockMask right = java.blockMask(spec, arrays);
            return made.equals(right) ? null : "a small " + made + " should be " + right + ", or lists other blocks";
        }
    }
}
