package io.github.attention4j.examples;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.DType;
import io.github.attention4j.Operand;
import io.github.attention4j.score.Functions;
import java.util.Arrays;
import java.util.Random;

/** Block masks: keys that no query of a block sees are not visited. */
public final class Blocks {
    private static final int LENGTH = 1024;

    public static void main(String[] arguments) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(LENGTH)
                .headDim(32)
                .causal()
                .keep(Functions.documents(0, 0))
                .scoreTensor(0, DType.I32, 1, LENGTH)
                .blockMask(64, 64)
                .build();
        int[] documents = new int[LENGTH];
        Arrays.fill(documents, 300, LENGTH, 1); // two of them
        AttentionArrays arrays = arrays(spec).with(Operand.SCORE_TENSOR_0, documents);
        try (AttentionEngine engine = AttentionEngine.open()) {
            BlockMask mask = engine.blockMask(spec, arrays); // from the mask and the function
            System.out.print(mask.picture());
            engine.attend(spec, arrays.with(Operand.BLOCK_MASK, mask.array()));

            int[][] best = new int[LENGTH / 64][]; // or from lists of yours
            for (int block = 0; block < best.length; block++) {
                best[block] = block == 0 ? new int[] {0} : new int[] {block, block / 2};
            }
            BlockMask chosen = BlockMask.ofLists(spec, best).and(mask);
            engine.attend(spec, arrays.with(Operand.BLOCK_MASK, chosen.array())); // compiles nothing
            System.out.println(chosen);
        }
    }

    private static AttentionArrays arrays(AttentionSpec spec) {
        return AttentionArrays.of(
                random(spec.queryElements()),
                random(spec.keyElements()),
                random(spec.valueElements()),
                new float[Math.toIntExact(spec.outElements())]);
    }

    private static float[] random(long elements) {
        Random random = new Random(elements);
        float[] data = new float[Math.toIntExact(elements)];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat() - 0.5f;
        }
        return data;
    }
}
