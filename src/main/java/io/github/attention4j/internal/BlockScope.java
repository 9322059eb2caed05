package io.github.attention4j.internal;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.score.Operation;

/**
 * What has to be looked at for one block mask of a call, which lists what any of those sees that it is for.
 *
 * @param batches batch entries that differ in what is seen
 * @param heads heads likewise
 */
public record BlockScope(int batches, int heads) {
    private static final Operand[] OF_ENTRIES = {
        Operand.KEY_LENGTHS,
        Operand.QUERY_OFFSETS,
        Operand.KEY_OFFSETS,
        Operand.DIAGONALS,
        Operand.PREFIX_LENGTHS,
        Operand.KEY_BEGINS,
        Operand.KEY_ENDS
    };

    /** That of a spec with a block mask. */
    public static BlockScope of(AttentionSpec spec) {
        TensorSpec mask = spec.operand(Operand.BLOCK_MASK);
        return new BlockScope(
                mask.batch() == 1 && dependsOnBatch(spec) ? spec.batch() : 1,
                mask.heads() == 1 && dependsOnHead(spec) ? spec.heads() : 1);
    }

    private static boolean dependsOnBatch(AttentionSpec spec) {
        for (Operand operand : OF_ENTRIES) {
            if (spec.has(operand) && spec.operand(operand).batch() > 1) {
                return true;
            }
        }
        return asks(spec, Operation.BATCH);
    }

    private static boolean dependsOnHead(AttentionSpec spec) {
        return hasHeads(spec, Operand.KEY_BEGINS)
                || hasHeads(spec, Operand.KEY_ENDS)
                || asks(spec, Operation.HEAD)
                || asks(spec, Operation.KV_HEAD);
    }

    private static boolean hasHeads(AttentionSpec spec, Operand ranges) {
        return spec.has(ranges) && spec.operand(ranges).heads() > 1;
    }

    private static boolean asks(AttentionSpec spec, Operation operation) {
        return spec.keep() != null && spec.keep().has(operation);
    }
}
